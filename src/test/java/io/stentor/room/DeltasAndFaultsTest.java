package io.stentor.room;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.stentor.config.RoomOptions;
import io.stentor.config.RoomOptions.First;
import io.stentor.config.RoomOptions.History;
import io.stentor.config.RoomOptions.SlowConsumer;
import io.stentor.config.TestConfig;
import io.stentor.message.Attributes;
import io.stentor.message.Position;
import io.stentor.room.Cursor.Start;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.slf4j.LoggerFactory;

/**
 * Clients with deltas on two nodes, while everything that can happen to a room happens to it: none
 * is sent a delta whose base it was not sent last.
 */
class DeltasAndFaultsTest {
  private static final Pattern MESSAGE = Pattern.compile("(\\d+):(\\d+)(?:=|~([^>]*)>)(.*)");
  private static final Logger LOG =
      (Logger) LoggerFactory.getLogger(DeltasAndFaultsTest.class.getPackageName());
  private static final Vertx VERTX = Vertx.vertx();
  private static final int NODES = 2;
  private static final int IDS = 3;

  /** How many were sent in all tries. */
  private static int deltas;

  @BeforeContainer
  static void start() {
    LOG.setLevel(Level.ERROR); // Losses are on purpose.
  }

  @AfterContainer
  static void stop() {
    LOG.setLevel(null);
    VERTX.close();
    assertThat(deltas).isGreaterThan(1000);
  }

  /** A client, and the last message that it was sent. */
  private static final class Client {
    final FakeConnection connection;
    final Cursor cursor;
    Position position;
    String base;
    int read;
    int deltas;

    /**
     * Joins a room.
     *
     * @param former whose last message this client was sent in a reply; null for no message
     */
    Client(Scene scene, Random random, Format format, Start start, Client former) {
      connection = new FakeConnection(format, null, "c" + random.nextInt(IDS));
      position = former == null ? Position.NONE : former.position;
      base = former == null ? "" : former.base;
      cursor = scene.join(random.nextInt(NODES), connection, start);
    }

    void read() {
      List<String> texts = connection.texts();
      for (; read < texts.size(); read++) {
        Matcher message = MESSAGE.matcher(texts.get(read));
        if (message.matches()) {
          long offset = Long.parseLong(message.group(2));
          if (message.group(3) != null) {
            assertThat(message.group(3)).as("%s of %s", read, texts).isEqualTo(base);
            assertThat(offset).isEqualTo(position.offset() + 1);
            deltas++;
          }
          base = message.group(4);
          position = new Position(Long.parseLong(message.group(1)), offset);
        }
      }
    }

    void drain() {
      connection.fullAfter = -1;
      connection.writable = true;
      cursor.drained();
    }
  }

  private static RoomOptions options(Random random) {
    int messages = 5 + random.nextInt(random.nextBoolean() ? 10 : 3000);
    int seconds = random.nextBoolean() ? 300 : 1;
    First first = First.values()[random.nextInt(2)];
    return TestConfig.room(
        "history",
        new History(messages, 10_000_000, seconds, first),
        "slowConsumer",
        SlowConsumer.values()[random.nextInt(3)],
        "tailBytes",
        60 + random.nextInt(2000),
        "appendQueueBytes",
        10_000,
        "coalesceMillis",
        random.nextInt(3) * 2,
        "maxMessageBytes",
        20);
  }

  @Property(tries = 200)
  void every_delta_follows_its_base(@ForAll long seed) {
    Random random = new Random(seed);
    Scene scene = new Scene(VERTX, seed, NODES, 1 + random.nextInt(3), options(random));
    scene.stallPercent = random.nextInt(3) * 30;
    scene.history.maxDelayMillis = random.nextInt(40);
    scene.bus.maxDelayMillis = random.nextInt(10);
    boolean faults = random.nextBoolean();
    List<Client> clients = new ArrayList<>(List.of(joined(scene, random, List.of())));
    for (int step = 0; step < 150; step++) {
      Client any = clients.get(random.nextInt(clients.size()));
      switch (random.nextInt(14)) {
        case 0, 1 -> clients.add(joined(scene, random, clients));
        case 2 -> any.connection.writable = false;
        case 3 -> any.drain();
        case 4 -> any.connection.fullAfter = 1 + random.nextInt(3);
        case 5 -> any.cursor.leave();
        case 6 -> {
          Attributes excluding = Attributes.NONE.withExclude("c" + random.nextInt(IDS));
          scene.publish(random.nextInt(NODES), "x" + step, excluding);
        }
        case 7 -> scene.turn();
        case 8 -> scene.advance(random.nextInt(8) == 0 ? 2000 : random.nextInt(30));
        case 9 -> {
          if (faults && !scene.acknowledged.isEmpty()) {
            fault(scene, random);
          }
        }
        default -> {
          for (int i = random.nextInt(random.nextInt(8) == 0 ? 60 : 5); i >= 0; i--) {
            scene.publish(random.nextInt(NODES));
          }
        }
      }
      clients.forEach(Client::read);
    }
    scene.bus.dropPercent = 0;
    scene.history.failPercent = 0;
    clients.forEach(Client::drain);
    for (int i = 0; i < 3; i++) {
      scene.advance(10_000);
      scene.publish(0);
    }
    scene.advance(1000);
    clients.forEach(Client::read);
    clients.forEach(client -> deltas += client.deltas);
    clients.forEach(client -> client.cursor.leave());
    scene.advance(100);
  }

  private static void fault(Scene scene, Random random) {
    switch (random.nextInt(5)) {
      case 0 -> {
        long end = scene.history.end(Scene.ROOM).offset();
        if (end > 0) {
          scene.history.fork(Scene.ROOM, Math.max(0, end - random.nextInt(4)));
        }
      }
      case 1 -> scene.history.lose();
      case 2 -> scene.bus.dropPercent = 100;
      case 3 -> scene.bus.dropPercent = 0;
      default -> scene.history.failPercent = random.nextInt(2) * 20;
    }
  }

  /** At the end, at any place of a log, or where another client is that has its last message. */
  private static Client joined(Scene scene, Random random, List<Client> clients) {
    if (!clients.isEmpty() && random.nextInt(3) == 0) {
      Client former = clients.get(random.nextInt(clients.size()));
      if (former.position.offset() > 0) {
        Start start = new Start.Since(former.position, true);
        return new Client(scene, random, TestFormat.DELTAS, start, former);
      }
    }
    Format format = random.nextInt(4) == 0 ? TestFormat.TELLING : TestFormat.DELTAS;
    Start start = new Start.AsConfigured();
    if (!scene.acknowledged.isEmpty() && random.nextBoolean()) {
      List<Long> epochs = List.copyOf(scene.acknowledged.keySet());
      long epoch = epochs.get(random.nextInt(epochs.size()));
      int offset = random.nextInt(scene.acknowledged.get(epoch).size() + 1);
      start =
          random.nextBoolean()
              ? new Start.Since(new Position(epoch, offset))
              : new Start.Last(offset);
    }
    return new Client(scene, random, format, start, null);
  }
}
