package io.stentor.room;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.config.RoomOptions;
import io.stentor.config.RoomRules;
import io.stentor.message.Attributes;
import io.stentor.message.Position;
import io.stentor.message.Publication;
import io.stentor.message.RoomName;
import io.stentor.room.Counts.Timings;
import io.stentor.room.Cursor.Start;
import io.stentor.timer.LoopExecutor;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.HashMap;
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
  private final int loopsPerNode;

  /** How long each loop has been kept from its turn. */
  private final long[] behindMillis;

  /** Chance that a loop is kept from its turn, for a millisecond at a time, in percent. */
  int stallPercent;

  /** Times that a turn's publications were written to some connections, on all loops. */
  int offers;

  private long nowMillis = 1_000_000;
  private long published;

  /** Nodes with one loop each. */
  Scene(Vertx vertx, long seed, int nodes, RoomOptions options) {
    this(vertx, seed, nodes, 1, options);
  }

  /** Nodes with several loops each. */
  Scene(Vertx vertx, long seed, int nodes, int loopsPerNode, RoomOptions options) {
    this.loopsPerNode = loopsPerNode;
    behindMillis = new long[nodes * loopsPerNode];
    random = new Random(seed);
    network = new ManualLoop(vertx);
    bus = new FaultyBus(vertx, network.loop(), random);
    history = new FaultyHistory(network.loop(), random, () -> nowMillis);
    for (int i = 0; i < nodes; i++) {
      List<LoopExecutor> own = new ArrayList<>();
      for (int j = 0; j < loopsPerNode; j++) {
        ManualLoop loop = new ManualLoop(vertx);
        loops.add(loop);
        own.add(loop.loop());
      }
      RoomRules rules = Options.everywhere(options);
      this.nodes.add(new Rooms(own, rules, history, bus, () -> nowMillis, new Offers()));
    }
  }

  /** Joins on any loop of the node. */
  Cursor join(int node, FakeConnection connection, Start start) {
    ManualLoop loop = loops.get(node * loopsPerNode + random.nextInt(loopsPerNode));
    List<Cursor> joined = new ArrayList<>();
    loop.inside(
        () -> {
          Rooms rooms = nodes.get(node);
          joined.add(connection.enter(rooms, ROOM, start, loop));
        });
    return joined.get(0);
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
    return publish(node, text, Attributes.NONE);
  }

  boolean publish(int node, String text, Attributes attributes) {
    Ack ack =
        new Ack() {
          @Override
          public void appended(Position position) {
            Map<Long, String> log =
                acknowledged.computeIfAbsent(position.epoch(), epoch -> new HashMap<>());
            assertThat(log.put(position.offset(), text)).as("at %s", position).isNull();
          }

          @Override
          public void refused(Throwable reason) {
            refused.add(reason);
          }
        };
    return nodes
        .get(node)
        .publisher()
        .publish(ROOM, Publication.text(text, nowMillis).with(attributes), ack);
  }

  /** Lets every loop do what is due, and what that leads to, in any order. */
  void turn() {
    do {
      network.turn();
      int first = random.nextInt(loops.size());
      for (int j = 0; j < loops.size(); j++) {
        loops.get((first + j) % loops.size()).turn();
      }
    } while (network.isBusy() || loops.stream().anyMatch(ManualLoop::isBusy));
  }

  /** Lets time pass; loops that are stalled meanwhile have caught up at the end. */
  void advance(long millis) {
    for (long left = millis; left > 0; left--) {
      left -= skipIdle(left - 1);
      nowMillis++;
      network.advance(1);
      int first = random.nextInt(loops.size());
      for (int j = 0; j < loops.size(); j++) {
        int index = (first + j) % loops.size();
        behindMillis[index]++;
        if (stallPercent == 0 || random.nextInt(100) >= stallPercent) {
          catchUp(index);
        }
      }
    }
    for (int i = 0; i < behindMillis.length; i++) {
      catchUp(i);
    }
    turn();
  }

  /** Lets at most so much time pass in which nothing is due anywhere; returns how much. */
  private long skipIdle(long most) {
    long skipped = Math.min(most, network.idleMillis());
    for (int i = 0; i < behindMillis.length && skipped > 0; i++) {
      skipped = Math.min(skipped, loops.get(i).idleMillis() - behindMillis[i]);
    }
    if (skipped <= 0) {
      return 0;
    }
    nowMillis += skipped;
    network.skip(skipped);
    for (int i = 0; i < behindMillis.length; i++) {
      loops.get(i).skip(behindMillis[i] + skipped);
      behindMillis[i] = 0;
    }
    return skipped;
  }

  private void catchUp(int index) {
    long behind = behindMillis[index];
    behindMillis[index] = 0;
    loops.get(index).advance(behind);
  }

  /** The epoch of what was acknowledged, where there is only one. */
  long epoch() {
    assertThat(acknowledged).hasSize(1);
    return acknowledged.keySet().iterator().next();
  }

  long count(Counts.Count what) {
    return nodes.stream().mapToLong(node -> node.counts().get(what)).sum();
  }

  private final class Offers implements Timings {
    @Override
    public void appended(long nanos, int publications) {}

    @Override
    public void offered(long publishedMillis) {
      offers++;
    }
  }
}
