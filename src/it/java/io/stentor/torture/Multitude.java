package io.stentor.torture;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.vertx.core.Context;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketClientOptions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.slf4j.LoggerFactory;

/**
 * Thousands of clients of a few rooms on one event loop. What they see is compared in one {@link
 * ReferenceLog} for each room. Methods that are marked so belong to the loop, all others to one
 * other thread.
 */
final class Multitude implements AutoCloseable {
  private static final int JOIN_PER_SECOND = 500;
  private static final int PATIENCE_SECONDS = 60;
  private static final int MANY = 1_000_000;

  /** How its clients connect. */
  enum Mix {
    /** All by {@code stentor.cursor}. */
    PLAIN,
    /** Half of them so, the others by event streams and the Centrifuge protocol. */
    ALL_KINDS
  }

  static {
    // It warns of each connection that has become a WebSocket and ends.
    String talker = "io.vertx.core.http.impl.HttpClientConnectionInternal";
    ((Logger) LoggerFactory.getLogger(talker)).setLevel(Level.ERROR);
  }

  private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
  private final Context loop = vertx.getOrCreateContext();
  private final WebSocketClient webSockets =
      vertx.createWebSocketClient(new WebSocketClientOptions().setMaxConnections(MANY));
  private final HttpClient http =
      vertx.createHttpClient(
          new HttpClientOptions().setKeepAlive(false), new PoolOptions().setHttp1MaxSize(MANY));
  private final List<Integer> ports;
  private final Random random;
  private final Map<String, ReferenceLog> logs;
  private final Map<String, Set<String>> published = new HashMap<>();
  private final List<LightClient> clients = new ArrayList<>();
  private final Moves moves = new Moves();
  private Standstill standstill;
  private boolean publishing;
  private volatile boolean over;

  /**
   * Clients that have not begun, the same number in each room and on each node.
   *
   * @param ports of the nodes, by their places
   * @param logs of the rooms by their names
   */
  Multitude(List<Integer> ports, int size, Map<String, ReferenceLog> logs, Mix mix, long seed) {
    this.ports = List.copyOf(ports);
    this.random = new Random(seed);
    this.logs = new LinkedHashMap<>(logs);
    List<String> rooms = List.copyOf(this.logs.keySet());
    rooms.forEach(room -> published.put(room, new HashSet<>()));
    for (int i = 0; i < size; i++) {
      String room = rooms.get(i % rooms.size());
      // The nodes change slower than the rooms, so that each room is on each node.
      int node = i / rooms.size() % ports.size();
      String address = "10.1." + i / 250 + "." + (1 + i % 250);
      ReferenceLog log = logs.get(room);
      int row = i / (rooms.size() * ports.size());
      boolean plain = mix == Mix.PLAIN || i < size / 2;
      String name = "light" + i;
      if (plain) {
        clients.add(new CursorClient(this, name, room, log, node, address));
      } else if (row % 2 == 0) {
        clients.add(new EventStreamClient(this, name, room, log, node, address));
      } else {
        clients.add(new CentrifugeClient(this, name, room, log, node, address));
      }
    }
  }

  /** The names of the clients of this room, in order. */
  List<String> names(String room) {
    return clients.stream()
        .filter(client -> client.room().equals(room))
        .map(LightClient::name)
        .sorted()
        .toList();
  }

  /** Clients of this room that were told of other members than there are; empty if none was. */
  List<String> misled(String room) {
    List<String> names = names(room);
    return onLoop(
        () ->
            clients.stream()
                .filter(client -> client.room().equals(room) && client.members() != null)
                .filter(client -> !names.equals(client.members()))
                .map(client -> client.name() + " has " + client.members())
                .toList());
  }

  /** Connects all of them, so many a second. */
  void join() {
    onLoop(
        () -> {
          for (int i = 0; i < clients.size(); i++) {
            later(1 + i * 1_000L / JOIN_PER_SECOND, clients.get(i)::connect);
          }
          return true;
        });
  }

  /** How many are connected and know their place. */
  long placed() {
    return onLoop(() -> clients.stream().filter(LightClient::isPlaced).count());
  }

  /** How many are on the node in this place. */
  long on(int place) {
    return onLoop(() -> clients.stream().filter(client -> client.isOn(place)).count());
  }

  /** Lets this many of them publish, in all rooms and on all nodes, each about this often. */
  void publish(int publishers, long everyMillis) {
    List<String> rooms = List.copyOf(logs.keySet());
    onLoop(
        () -> {
          publishing = true;
          standstill = new Standstill(vertx);
          for (int i = 0; i < publishers; i++) {
            LightClient client = clients.get(i + i % ports.size() * rooms.size());
            Set<String> sent = published.get(rooms.get(i % rooms.size()));
            later(1 + random((int) everyMillis), () -> publishAndGoOn(client, sent, everyMillis));
          }
          return true;
        });
  }

  private void publishAndGoOn(LightClient client, Set<String> sent, long everyMillis) {
    if (publishing) {
      String text = client.publish();
      if (text != null) {
        sent.add(text);
      }
      long next = everyMillis / 2 + random((int) everyMillis);
      later(next, () -> publishAndGoOn(client, sent, everyMillis));
    }
  }

  /** Ends {@link #publish}. */
  void stopPublishing() {
    onLoop(() -> publishing = false);
  }

  /** Whether all clients of this room were given as many messages as this. */
  boolean isHeardByAllTo(String room, long offset) {
    return onLoop(() -> logs.get(room).isHeardByAllTo(offset));
  }

  /** What was sent into this room by them. */
  Set<String> published(String room) {
    return onLoop(() -> Set.copyOf(published.get(room)));
  }

  /**
   * What they sent into rooms and nobody was given, as a client may that is just sent away; and how
   * many ns before it learnt of that.
   */
  Map<String, Long> unanswered() {
    return onLoop(
        () -> {
          Map<String, Long> all = new HashMap<>();
          clients.forEach(client -> all.putAll(client.unanswered()));
          for (ReferenceLog log : logs.values()) {
            all.keySet().retainAll(log.unheardOf(all.keySet()));
          }
          return all;
        });
  }

  /** How many messages all together were given. */
  long heard() {
    return onLoop(() -> logs.values().stream().mapToLong(ReferenceLog::heard).sum());
  }

  /** What is wrong in this room; see {@link ReferenceLog#judge}. */
  List<Violation> judge(
      String room,
      List<String> finalLog,
      Set<String> sent,
      Map<String, String> acknowledged,
      String last) {
    return onLoop(() -> logs.get(room).judge(finalLog, sent, acknowledged, last));
  }

  /** Comebacks of clients that had left the node in this place since this moment. */
  Comebacks comebacks(int place, long sinceNanos) {
    return onLoop(() -> moves.from(place, sinceNanos));
  }

  /** How often connections ended, by close code; 0 where there was none. */
  Map<Integer, Integer> ends() {
    return onLoop(moves::ends);
  }

  /** How often a node did not take a client, by the reason. */
  Map<String, Integer> refusals() {
    return onLoop(moves::refusals);
  }

  /** For how long these clients stood still at most since some of them publish, in milliseconds. */
  long standstillMillis() {
    return onLoop(() -> standstill.millis());
  }

  @Override
  public void close() {
    over = true;
    try {
      vertx.close().await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new IllegalStateException(e);
    }
  }

  private <T> T onLoop(Supplier<T> question) {
    Promise<T> answer = Promise.promise();
    loop.runOnContext(
        now -> {
          try {
            answer.complete(question.get());
          } catch (RuntimeException | Error e) {
            answer.fail(e);
          }
        });
    try {
      return answer.future().await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new IllegalStateException("the clients' event loop does not answer", e);
    }
  }

  /** The client of WebSockets that all share. Belongs to the loop. */
  WebSocketClient webSockets() {
    return webSockets;
  }

  /** The client of HTTP that all share. Belongs to the loop. */
  HttpClient http() {
    return http;
  }

  int port(int place) {
    return ports.get(place);
  }

  /** Any place but this one. */
  int otherNode(int place) {
    int others = ports.size() - 1;
    return others == 0 ? place : (place + 1 + random(others)) % ports.size();
  }

  /** A number from 0 and below this. */
  int random(int bound) {
    return random.nextInt(bound);
  }

  /** Does something after this time. Belongs to the loop. */
  void later(long millis, Runnable task) {
    vertx.setTimer(Math.max(1, millis), timer -> task.run());
  }

  /** Whether nobody is to come back. */
  boolean isOver() {
    return over;
  }

  /** What the clients note about themselves. Belongs to the loop. */
  Moves moves() {
    return moves;
  }
}
