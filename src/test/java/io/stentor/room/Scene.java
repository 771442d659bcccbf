package io.stentor.room;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.config.RoomOptions;
import io.stentor.message.Position;
import io.stentor.message.Publication;
import io.stentor.message.RoomName;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * Some nodes with one room between them, on loops and clocks that move only when told to. All that
 * happens follows from a seed.
 */
final class Scene {
  static final RoomName ROOM = new RoomName("scene");

  final Random random;
  final FaultyBus bus;
  final FaultyHistory history;
  final List<Rooms> nodes = new ArrayList<>();

  /** What was acknowledged, by epoch and offset. */
  final Map<Long, Map<Long, String>> acknowledged = new TreeMap<>();

  final List<Throwable> refused = new ArrayList<>();

  private final ManualLoop network;
  private final List<ManualLoop> loops = new ArrayList<>();
  private long nowMillis = 1_000_000;
  private long published;

  Scene(Vertx vertx, long seed, int nodes, RoomOptions options) {
    random = new Random(seed);
    network = new ManualLoop(vertx);
    bus = new FaultyBus(vertx, network.loop(), random);
    history = new FaultyHistory(network.loop(), random, () -> nowMillis);
    for (int i = 0; i < nodes; i++) {
      ManualLoop loop = new ManualLoop(vertx);
      loops.add(loop);
      this.nodes.add(
          new Rooms(
              List.of(loop.loop()), Options.everywhere(options), history, bus, () -> nowMillis));
    }
  }

  Cursor join(int node, FakeConnection connection, Start start) {
    return nodes.get(node).join(ROOM, connection, start, loops.get(node).loop().thread());
  }

  /** Publishes the next text, a number that counts up. */
  boolean publish(int node) {
    String text = Long.toString(++published);
    return publish(node, text);
  }

  /** Publishes so many numbers on the first node, at most fifty in a turn. */
  void publishMany(int count) {
    for (int i = 0; i < count; i++) {
      publish(0);
      if (i % 50 == 49) {
        turn();
      }
    }
    turn();
  }

  /** Joins on the first node and lets the loops turn. */
  FakeConnection join(Format format, Start start) {
    FakeConnection connection = new FakeConnection(format);
    join(0, connection, start);
    turn();
    return connection;
  }

  boolean publish(int node, String text) {
    Ack ack =
        new Ack() {
          @Override
          public void appended(Position position) {
            Map<Long, String> log =
                acknowledged.computeIfAbsent(position.epoch(), epoch -> new TreeMap<>());
            assertThat(log.put(position.offset(), text)).as("at %s", position).isNull();
          }

          @Override
          public void refused(Throwable reason) {
            refused.add(reason);
          }
        };
    return nodes.get(node).publish(ROOM, Publication.text(text, nowMillis), ack);
  }

  /** Lets every loop do what is due, in any order. */
  void turn() {
    for (int i = 0; i < 3; i++) {
      network.turn();
      int first = random.nextInt(loops.size());
      for (int j = 0; j < loops.size(); j++) {
        loops.get((first + j) % loops.size()).turn();
      }
    }
  }

  void advance(long millis) {
    for (long i = 0; i < millis; i++) {
      nowMillis++;
      network.advance(1);
      int first = random.nextInt(loops.size());
      for (int j = 0; j < loops.size(); j++) {
        loops.get((first + j) % loops.size()).advance(1);
      }
    }
    turn();
  }

  /** The epoch of what was acknowledged, where there is only one. */
  long epoch() {
    assertThat(acknowledged).hasSize(1);
    return acknowledged.keySet().iterator().next();
  }

  long count(Counts.Count what) {
    return nodes.stream().mapToLong(node -> node.counts().get(what)).sum();
  }
}
