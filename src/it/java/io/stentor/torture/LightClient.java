package io.stentor.torture;

import io.stentor.torture.Event.Told;
import io.vertx.core.http.WebSocket;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One of thousands in a room: listens with its place, and when it is sent away waits a short random
 * time and goes on at another node. Belongs to the event loop of its {@link Multitude}.
 */
abstract class LightClient {

  /** The close code of a node that is being stopped. */
  static final int SHUTDOWN = 3001;

  static final String HOST = "127.0.0.1";
  static final int CONNECT_MILLIS = 10_000;
  private static final int LEAST_WAIT_MILLIS = 50;
  private static final int MORE_WAIT_MILLIS = 500;

  final Multitude others;
  final String name;
  final String room;

  /** Where it says that it comes from, so that it is limited by itself. */
  final String address;

  private final ReferenceLog.Walk walk;

  /** What it sent and was not given back yet, and how many ns before a connection's end it was. */
  private final Map<String, Long> unanswered = new HashMap<>();

  private @Nullable WebSocket open;
  private boolean placed;
  private int node;
  private int leftNode = -1;
  private int connections;
  private int published;

  /**
   * A client that has not begun.
   *
   * @param node the place of the node that it goes to first
   */
  LightClient(
      Multitude others, String name, String room, ReferenceLog log, int node, String address) {
    this.others = others;
    this.name = name;
    this.room = room;
    this.address = address;
    this.walk = log.walk(name);
    this.node = node;
  }

  /** Connects, and from then on stays connected somewhere. */
  final void connect() {
    if (!others.isOver()) {
      connect(others.port(node), walk.at());
    }
  }

  /** Connects to the node at this port, to go on after a place, or as a new client. */
  abstract void connect(int port, @Nullable Place since);

  /** The members of its room as it was told of them, in order; null if it does not ask for them. */
  @Nullable List<String> members() {
    return null;
  }

  final String name() {
    return name;
  }

  final String room() {
    return room;
  }

  /** Whether it is connected and was told where it stands. */
  final boolean isPlaced() {
    return placed;
  }

  /** Whether it is on the node in this place. */
  final boolean isOn(int place) {
    return placed && node == place;
  }

  /** Sends one text if it is connected; null where it is not. Returns the text. */
  final @Nullable String publish() {
    if (open == null || !placed) {
      return null;
    }
    String connection = name + "#" + connections;
    String text = new Message(connection, published++, System.nanoTime()).text();
    unanswered.put(text, 0L);
    open.writeTextMessage(text);
    return text;
  }

  /** What it sent and was not given back, and how many ns before a connection's end it was. */
  final Map<String, Long> unanswered() {
    return unanswered;
  }

  /** It is connected; by a WebSocket on which it can publish, or by something else. */
  final void opened(@Nullable WebSocket opened) {
    connections++;
    walk.asked();
    if (leftNode >= 0) {
      others.moves().cameBack(leftNode);
      leftNode = -1;
    }
    open = opened;
  }

  /** It was not taken. */
  final void refused(Throwable failure) {
    others.moves().refused(failure);
    connectElsewhere();
  }

  /** Where it stands; null before it has a place. */
  final @Nullable Place place() {
    return walk.at();
  }

  /** It asks for its place again, on the connection that it has. */
  final @Nullable Place askAgain() {
    placed = false;
    walk.asked();
    return walk.at();
  }

  /** It was told where it stands. */
  final void placed(Told told, Place at) {
    walk.placed(told, at);
    placed = true;
  }

  /** A message came. */
  final void heard(Place at, String text) {
    walk.heard(at, text);
    if (!unanswered.isEmpty()) {
      unanswered.remove(text);
    }
  }

  /** Its connection has ended with this close code; 0 where there was none. */
  final void ended(int code) {
    if (others.isOver()) {
      return;
    }
    open = null;
    placed = false;
    long now = System.nanoTime();
    unanswered.replaceAll((text, age) -> age > 0 ? age : now - Message.parse(text).nanos());
    leftNode = node;
    others.moves().ended(code);
    connectElsewhere();
  }

  private void connectElsewhere() {
    node = others.otherNode(node);
    others.later(LEAST_WAIT_MILLIS + others.random(MORE_WAIT_MILLIS), this::connect);
  }
}
