package io.stentor.room;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.stentor.config.RoomOptions.History;
import io.stentor.message.CloseReason;
import io.stentor.message.Position;
import io.stentor.room.Counts.Count;
import io.stentor.room.Cursor.Start;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.slf4j.LoggerFactory;

/**
 * A bus that loses, delays, reorders and repeats, and logs that answer late: every cursor still
 * gets the log's sequence, without a gap and without a repeat.
 */
class RepairTest {
  private static final int NODES = 3;
  private static final List<Throwable> FAILURES = new ArrayList<>();
  private static final Logger LOG =
      (Logger) LoggerFactory.getLogger(RepairTest.class.getPackageName());
  private static final Vertx vertx = Vertx.vertx();

  @BeforeContainer
  static void start() {
    LOG.setLevel(Level.ERROR); // Thousands of failures are on purpose.
    vertx.exceptionHandler(FAILURES::add);
  }

  @AfterContainer
  static void stop() {
    LOG.setLevel(null);
    vertx.close();
  }

  /** One connection in the scene and where it began. */
  private record Client(FakeConnection connection, Cursor cursor, Start start) {}

  /** Nodes with one loop or several, which may be kept from their turns. */
  private static Scene scene(long seed) {
    Random random = new Random(seed);
    Scene scene = new Scene(vertx, seed, NODES, 1 + random.nextInt(3), Options.usual());
    scene.stallPercent = random.nextInt(3) * 40;
    return scene;
  }

  @Property(tries = 1000)
  void every_cursor_gets_the_exact_sequence_over_a_bus_with_every_fault(@ForAll long seed) {
    Scene scene = scene(seed);
    scene.bus.dropPercent = scene.random.nextInt(50);
    scene.bus.repeatPercent = scene.random.nextInt(50);
    scene.bus.maxDelayMillis = scene.random.nextInt(60);
    scene.history.maxDelayMillis = scene.random.nextInt(40);
    List<Client> clients = live(scene, 150);
    settle(scene, clients);
    for (Client client : clients) {
      check(client, scene);
    }
    assertThat(FAILURES).isEmpty();
    assertThat(scene.refused).isEmpty();
  }

  @Property(tries = 300)
  void nothing_is_appended_twice_or_out_of_order_where_appends_fail(@ForAll long seed) {
    Scene scene = scene(seed);
    scene.bus.dropPercent = 20;
    scene.bus.maxDelayMillis = 20;
    scene.history.maxDelayMillis = 10;
    scene.history.failPercent = 20;
    List<Client> clients = live(scene, 100);
    scene.history.failPercent = 0;
    settle(scene, clients);
    for (Client client : clients) {
      if (client.connection.closed == CloseReason.INTERNAL) {
        assertThat(client.start).isNotInstanceOf(Start.Live.class);
      } else {
        check(client, scene);
      }
    }
    assertThat(FAILURES).isEmpty();
    assertThat(scene.refused).isEmpty();
  }

  @Property(tries = 50)
  void a_log_that_begins_anew_is_told_to_every_cursor(@ForAll long seed) {
    Scene scene = scene(seed);
    scene.bus.dropPercent = 10;
    scene.bus.maxDelayMillis = 20;
    scene.history.maxDelayMillis = 10;
    final List<Client> clients = live(scene, 30);
    settle(scene, clients);
    long before = scene.epoch();
    scene.history.lose();
    scene.publish(0, "new");
    settle(scene, clients);
    for (Client client : clients) {
      if (client.connection.format() == TestFormat.SILENT) {
        assertThat(client.connection.closed).isEqualTo(CloseReason.INSUFFICIENT_STATE);
      } else {
        List<String> told =
            client.connection.texts().stream().filter(text -> text.startsWith("!LOST")).toList();
        assertThat(told).hasSize(1);
        assertThat(told.get(0)).doesNotContain(" " + before + ":");
      }
    }
    scene.publish(1, "newer");
    settle(scene, clients);
    for (Client client : clients) {
      if (client.connection.format() == TestFormat.TELLING) {
        List<String> texts = client.connection.texts();
        assertThat(texts.get(texts.size() - 1)).endsWith(":2=newer");
      }
    }
  }

  @Property(tries = 200)
  void a_bus_that_is_behind_by_more_than_the_log_keeps_is_waited_for(@ForAll long seed) {
    Scene scene = new Scene(vertx, seed, 2, Options.with(new History(5, 100_000, 300)));
    FakeConnection connection = new FakeConnection(TestFormat.TELLING);
    scene.join(1, connection, new Start.Live());
    scene.advance(3000); // Behind the looks that a feed takes after it began.
    scene.bus.maxDelayMillis = 400;
    for (int i = 0; i < 10; i++) {
      scene.publishMany(10);
      scene.nodes.forEach(Rooms::nodesChanged);
      scene.advance(1 + scene.random.nextInt(200));
    }
    scene.advance(2000);
    List<String> texts = connection.texts();
    assertThat(texts).hasSize(101).noneMatch(text -> text.startsWith("!LOST"));
  }

  @Property(tries = 20)
  void what_neither_the_bus_brings_nor_the_log_keeps_is_told_within_two_seconds(@ForAll long seed) {
    Scene scene = new Scene(vertx, seed, 2, Options.with(new History(5, 100_000, 300)));
    FakeConnection connection = new FakeConnection(TestFormat.TELLING);
    scene.join(1, connection, new Start.Live());
    scene.advance(3000); // Behind the looks that a feed takes after it began.
    scene.bus.dropPercent = 100;
    scene.publishMany(10);
    scene.bus.dropPercent = 0;
    scene.publishMany(1);
    scene.advance(2000);
    assertThat(connection.texts()).last().isEqualTo("!LOST " + scene.epoch() + ":11");
  }

  /** A node that dies may take the epoch of a room with it in which nothing was ever said. */
  @Example
  void who_waits_in_an_empty_room_is_told_of_no_loss_when_its_log_begins_under_another_epoch() {
    Scene scene = new Scene(vertx, 1, 2, Options.usual());
    FakeConnection connection = new FakeConnection(TestFormat.TELLING);
    scene.join(1, connection, new Start.Live());
    scene.advance(3000);
    scene.history.lose();
    scene.nodes.forEach(Rooms::nodesChanged);
    scene.advance(100);
    scene.publish(0);
    scene.advance(3000);
    scene.history.lose();
    scene.nodes.forEach(Rooms::nodesChanged);
    scene.advance(100);
    assertThat(connection.texts())
        .hasSize(3)
        .satisfies(
            texts -> {
              assertThat(texts.get(0)).startsWith("!JOINED ");
              assertThat(texts.get(1)).endsWith(":1=1");
              assertThat(texts.get(2)).startsWith("!LOST ");
            });
  }

  @Property(tries = 100)
  void the_first_message_of_a_room_is_not_late_while_the_epoch_of_the_empty_room_changes(
      @ForAll long seed) {
    Scene scene = new Scene(vertx, seed, 2, Options.usual());
    FakeConnection connection = new FakeConnection(TestFormat.TELLING);
    scene.join(1, connection, new Start.Live());
    scene.advance(3000); // Behind the looks that a feed takes after it began.
    scene.history.maxDelayMillis = 40;
    scene.history.lose();
    scene.nodes.forEach(Rooms::nodesChanged);
    scene.publish(0);
    scene.advance(400);
    assertThat(connection.texts()).last().asString().endsWith(":1=1");
  }

  @Property(tries = 20)
  void a_lost_last_message_is_found_by_the_checks_after_nodes_changed(@ForAll long seed) {
    Scene scene = new Scene(vertx, seed, 2, Options.usual());
    FakeConnection connection = new FakeConnection(TestFormat.SILENT);
    scene.join(1, connection, new Start.Live());
    scene.advance(3000); // Behind the looks that a feed takes after it began.
    scene.bus.dropPercent = 100;
    scene.publish(0);
    scene.advance(50);
    assertThat(connection.texts()).isEmpty();
    scene.nodes.forEach(Rooms::nodesChanged);
    scene.turn();
    assertThat(connection.texts()).containsExactly(scene.epoch() + ":1=1");
    scene.publish(0);
    scene.advance(510);
    assertThat(connection.texts()).hasSize(2);
    assertThat(scene.count(Count.REPAIRED)).isEqualTo(2);
  }

  @Property(tries = 5)
  void a_lost_last_message_is_found_by_the_checks_that_every_feed_makes(@ForAll long seed) {
    Scene scene = new Scene(vertx, seed, 2, Options.usual());
    FakeConnection connection = new FakeConnection(TestFormat.SILENT);
    scene.join(1, connection, new Start.Live());
    scene.advance(3000);
    scene.bus.dropPercent = 100;
    scene.publish(0);
    scene.advance(1000L * Feed.CHECK_SECONDS);
    assertThat(connection.texts()).hasSize(1);
  }

  /** Clients come, go, read slowly and resume while all nodes publish. */
  private static List<Client> live(Scene scene, int rounds) {
    List<Client> clients = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      for (int i = scene.random.nextInt(4); i > 0; i--) {
        scene.publish(scene.random.nextInt(NODES));
      }
      if (clients.size() < 12 && scene.random.nextInt(4) == 0) {
        Format format = scene.random.nextBoolean() ? TestFormat.TELLING : TestFormat.SILENT;
        FakeConnection connection = new FakeConnection(format);
        Start start = start(scene, clients);
        clients.add(
            new Client(
                connection, scene.join(scene.random.nextInt(NODES), connection, start), start));
      }
      if (!clients.isEmpty()) {
        Client one = clients.get(scene.random.nextInt(clients.size()));
        one.connection.writable = !one.connection.writable;
        if (one.connection.writable) {
          one.cursor.drained();
        }
      }
      scene.advance(scene.random.nextInt(5));
    }
    return clients;
  }

  private static Start start(Scene scene, List<Client> clients) {
    if (clients.isEmpty() || scene.random.nextInt(3) == 0) {
      return new Start.Live();
    }
    if (scene.random.nextInt(3) == 0) {
      return new Start.Last(scene.random.nextInt(30));
    }
    List<String> texts = clients.get(scene.random.nextInt(clients.size())).connection.texts();
    for (int i = texts.size(); i > 0; i--) {
      String text = texts.get(scene.random.nextInt(i));
      if (!text.startsWith("!")) {
        return new Start.Since(position(text.substring(0, text.indexOf('='))));
      }
    }
    return new Start.Live();
  }

  private static Position position(String text) {
    String[] parts = text.split(":");
    return new Position(Long.parseLong(parts[0]), Long.parseLong(parts[1]));
  }

  private static void settle(Scene scene, List<Client> clients) {
    scene.advance(200);
    scene.bus.dropPercent = 0;
    scene.nodes.forEach(Rooms::nodesChanged);
    for (int i = 0; i < 20; i++) {
      for (Client client : clients) {
        client.connection.writable = true;
        client.cursor.drained();
      }
      scene.advance(50);
    }
  }

  /** The client has, in one piece, everything from where it began to the end. */
  private static void check(Client client, Scene scene) {
    List<String> texts = new ArrayList<>(client.connection.texts());
    String as = client.connection.format() == TestFormat.TELLING ? "told" : "plain";
    assertThat(client.connection.closed).as("%s from %s", as, client.start).isNull();
    long epoch = scene.epoch();
    long top = scene.acknowledged.get(epoch).size();
    long next = -1;
    if (client.start instanceof Start.Since since) {
      next = since.position().offset() + 1;
    }
    if (client.connection.format() == TestFormat.TELLING) {
      String first = texts.remove(0);
      boolean recovers = client.start instanceof Start.Since;
      assertThat(first).startsWith((recovers ? "!RECOVERED " : "!JOINED ") + epoch + ":");
      next = position(first.substring(first.indexOf(' ') + 1)).offset() + 1;
    }
    if (next < 0 && !texts.isEmpty()) {
      next = position(texts.get(0).substring(0, texts.get(0).indexOf('='))).offset();
    }
    assertThat(next).as("%s from %s", as, client.start).isLessThanOrEqualTo(top + 1);
    List<String> expected = new ArrayList<>();
    for (long offset = next; offset >= 0 && offset <= top; offset++) {
      expected.add(epoch + ":" + offset + "=" + scene.acknowledged.get(epoch).get(offset));
    }
    assertThat(texts).as("%s from %s", as, client.start).isEqualTo(expected);
  }
}
