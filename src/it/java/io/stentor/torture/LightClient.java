package io.stentor.torture;

import io.vertx.core.http.ClientWebSocket;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketConnectOptions;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One of thousands in a room: listens with its place, and when it is sent away waits a short random
 * time and goes on at another node. Belongs to the event loop of its {@link Multitude}.
 */
final class LightClient {
  private static final int CONNECT_MILLIS = 10_000;
  private static final int LEAST_WAIT_MILLIS = 50;
  private static final int MORE_WAIT_MILLIS = 500;

  private final Multitude others;
  private final String name;
  private final String path;
  private final String address;
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
   * @param address where it says that it comes from, so that it is limited by itself
   */
  LightClient(
      Multitude others, String name, String room, ReferenceLog log, int node, String address) {
    this.others = others;
    this.name = name;
    this.path = "/rooms/" + room;
    this.address = address;
    this.walk = log.walk(name);
    this.node = node;
  }

  /** Connects, and from then on stays connected somewhere. */
  void connect() {
    if (others.isOver()) {
      return;
    }
    Place since = walk.at();
    WebSocketConnectOptions options =
        new WebSocketConnectOptions()
            .setHost("127.0.0.1")
            .setPort(others.port(node))
            .setURI(since == null ? path : path + "?since=" + since)
            .setTimeout(CONNECT_MILLIS)
            .addSubProtocol(Wire.CURSOR);
    options.putHeader("X-Forwarded-For", address);
    ClientWebSocket opening = others.http().webSocket();
    opening.textMessageHandler(this::take);
    opening.closeHandler(closed -> ended(opening.closeStatusCode()));
    opening.connect(options).onComplete(this::opened, this::refused);
  }

  /** Whether it is connected and was told where it stands. */
  boolean isPlaced() {
    return placed;
  }

  /** Whether it is on the node in this place. */
  boolean isOn(int place) {
    return placed && node == place;
  }

  /** Sends one text if it is connected; null where it is not. Returns the text. */
  @Nullable String publish() {
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
  Map<String, Long> unanswered() {
    return unanswered;
  }

  private void opened(WebSocket opened) {
    connections++;
    walk.asked();
    if (leftNode >= 0) {
      others.moves().cameBack(leftNode);
      leftNode = -1;
    }
    open = opened;
  }

  private void refused(Throwable failure) {
    others.moves().refused(failure);
    connectElsewhere();
  }

  private void take(String frame) {
    Event event = Wire.read(frame);
    if (event instanceof Event.Placed told) {
      walk.placed(told.told(), told.at());
      placed = true;
    } else if (event instanceof Event.Heard message) {
      walk.heard(message.at(), message.text());
      if (!unanswered.isEmpty()) {
        unanswered.remove(message.text());
      }
    }
  }

  private void ended(@Nullable Short code) {
    if (others.isOver()) {
      return;
    }
    open = null;
    placed = false;
    long now = System.nanoTime();
    unanswered.replaceAll((text, age) -> age > 0 ? age : now - Message.parse(text).nanos());
    leftNode = node;
    others.moves().ended(code == null ? 0 : code);
    connectElsewhere();
  }

  private void connectElsewhere() {
    node = others.otherNode(node);
    others.later(LEAST_WAIT_MILLIS + others.random(MORE_WAIT_MILLIS), this::connect);
  }
}
