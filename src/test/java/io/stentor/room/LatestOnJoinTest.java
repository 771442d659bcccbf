package io.stentor.room;

import static io.stentor.room.TestFormat.after;
import static io.stentor.room.TestFormat.range;
import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.message.Attributes;
import io.stentor.message.CloseReason;
import io.stentor.message.FilterQuery;
import io.stentor.message.Position;
import io.stentor.room.Cursor.Start;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.AfterContainer;

/** Rooms in which a new subscriber gets the newest message first. */
class LatestOnJoinTest {
  private static final Vertx VERTX = Vertx.vertx();

  private final Scene scene = new Scene(VERTX, 1, 1, Options.latest(4));

  @AfterContainer
  static void stop() {
    VERTX.close();
  }

  @Example
  void a_new_cursor_gets_the_newest_message_and_then_the_following_ones() {
    scene.publishMany(10);
    FakeConnection telling = scene.join(TestFormat.TELLING, new Start.AsConfigured());
    FakeConnection silent = scene.join(TestFormat.SILENT, new Start.AsConfigured());
    scene.publishMany(2);
    long epoch = scene.epoch();
    assertThat(telling.texts()).isEqualTo(after("!JOINED " + epoch + ":9", range(epoch, 10, 12)));
    assertThat(silent.texts()).isEqualTo(range(epoch, 10, 12));
  }

  @Example
  void a_new_cursor_in_a_room_without_messages_gets_the_next_one() {
    FakeConnection connection = scene.join(TestFormat.TELLING, new Start.AsConfigured());
    scene.publishMany(1);
    long epoch = scene.epoch();
    assertThat(connection.texts()).isEqualTo(after("!JOINED " + epoch + ":0", range(epoch, 1, 1)));
  }

  @Example
  void a_message_that_the_log_no_longer_has_is_not_the_newest() {
    scene.publishMany(10);
    scene.nodes.get(0).removeAll(Scene.ROOM);
    scene.turn();
    FakeConnection connection = scene.join(TestFormat.TELLING, new Start.AsConfigured());
    scene.publishMany(1);
    long epoch = scene.epoch();
    assertThat(connection.texts())
        .isEqualTo(after("!JOINED " + epoch + ":10", range(epoch, 11, 11)));
  }

  @Example
  void what_a_client_asks_for_wins() {
    scene.publishMany(10);
    long epoch = scene.epoch();
    Position last = new Position(epoch, 10);
    assertThat(scene.join(TestFormat.TELLING, new Start.Live()).texts())
        .containsExactly("!JOINED " + epoch + ":10");
    assertThat(scene.join(TestFormat.TELLING, new Start.Last(0)).texts())
        .containsExactly("!JOINED " + epoch + ":10");
    assertThat(scene.join(TestFormat.TELLING, new Start.Last(3)).texts())
        .isEqualTo(after("!JOINED " + epoch + ":7", range(epoch, 8, 10)));
    assertThat(scene.join(TestFormat.TELLING, new Start.Since(last)).texts())
        .containsExactly("!RECOVERED " + epoch + ":10");
    assertThat(scene.join(TestFormat.TELLING, new Start.Since(new Position(epoch, 6))).texts())
        .isEqualTo(after("!RECOVERED " + epoch + ":6", range(epoch, 7, 10)));
  }

  @Example
  void a_cursor_that_cannot_continue_is_told_so_and_gets_the_newest_message() {
    scene.publishMany(10);
    long epoch = scene.epoch();
    assertLost(new Position(epoch, 5));
    assertLost(new Position(epoch, 99));
    assertLost(new Position(epoch + 1, 10));
    assertThat(scene.count(Counts.Count.UNRECOVERABLE)).isEqualTo(6);
  }

  private void assertLost(Position since) {
    FakeConnection telling = scene.join(TestFormat.TELLING, new Start.Since(since));
    FakeConnection silent = scene.join(TestFormat.SILENT, new Start.Since(since));
    long epoch = scene.epoch();
    int newest = scene.acknowledged.get(epoch).size();
    scene.publishMany(1);
    assertThat(telling.texts())
        .isEqualTo(after("!LOST " + epoch + ":" + (newest - 1), range(epoch, newest, newest + 1)));
    assertThat(silent.texts()).isEmpty();
    assertThat(silent.closed).isEqualTo(CloseReason.INSUFFICIENT_STATE);
  }

  @Example
  void a_cursor_that_may_not_read_what_it_missed_gets_only_new_messages() {
    scene.publishMany(10);
    FakeConnection connection = scene.join(TestFormat.TELLING, new Start.Lost());
    scene.publishMany(1);
    long epoch = scene.epoch();
    assertThat(connection.texts()).isEqualTo(after("!LOST " + epoch + ":10", range(epoch, 11, 11)));
  }

  @Example
  void with_a_filter_the_newest_message_that_matches_comes_first() {
    Attributes red = Attributes.NONE.withTags(Map.of("colour", "red"));
    scene.publish(0, "1", red);
    scene.publish(0, "2", red);
    scene.publish(0, "3", Attributes.NONE);
    scene.publish(0, "4", Attributes.NONE);
    scene.turn();
    long epoch = scene.epoch();
    FakeConnection joined = filtered("colour==red", new Start.AsConfigured());
    FakeConnection lost = filtered("colour==red", new Start.Since(new Position(epoch, 99)));
    FakeConnection nothing = filtered("colour==blue", new Start.AsConfigured());
    scene.publish(0, "5", Attributes.NONE);
    scene.publish(0, "6", red);
    scene.turn();
    assertThat(joined.texts())
        .containsExactly("!JOINED " + epoch + ":1", epoch + ":2=2", epoch + ":6=6");
    assertThat(lost.texts())
        .containsExactly("!LOST " + epoch + ":1", epoch + ":2=2", epoch + ":6=6");
    assertThat(nothing.texts()).containsExactly("!JOINED " + epoch + ":4");
  }

  /** What the node has delivered is not all that the log has. */
  @Example
  void with_a_filter_the_newest_message_that_matches_may_be_older_than_the_cache() {
    scene.publish(0, "1", Attributes.NONE.withTags(Map.of("colour", "red")));
    scene.turn();
    scene.join(TestFormat.SILENT, new Start.Live());
    for (int offset = 2; offset <= 4; offset++) {
      scene.publish(0, Integer.toString(offset), Attributes.NONE);
      scene.turn();
      FakeConnection joined = filtered("colour==red", new Start.AsConfigured());
      assertThat(joined.texts()).contains(scene.epoch() + ":1=1");
    }
  }

  private FakeConnection filtered(String query, Start start) {
    FakeConnection connection =
        new FakeConnection(TestFormat.TELLING, FilterQuery.parse(query), "c");
    scene.join(0, connection, start);
    scene.turn();
    return connection;
  }

  @Example
  void a_node_without_the_room_reads_what_was_published_on_another_one() {
    Scene two = new Scene(VERTX, 1, 2, Options.latest(4));
    two.publishMany(10);
    FakeConnection connection = new FakeConnection(TestFormat.TELLING);
    two.join(1, connection, new Start.AsConfigured());
    two.turn();
    two.publishMany(1);
    long epoch = two.epoch();
    assertThat(connection.texts())
        .isEqualTo(after("!JOINED " + epoch + ":9", range(epoch, 10, 11)));
  }

  @Property(tries = 20)
  void a_room_that_lost_messages_is_told_so_and_gets_the_newest_one(@ForAll long seed) {
    Scene two = new Scene(VERTX, seed, 2, Options.latest(4));
    FakeConnection connection = new FakeConnection(TestFormat.TELLING);
    two.join(1, connection, new Start.AsConfigured());
    two.advance(3000); // Behind the looks that a feed takes after it began.
    two.bus.dropPercent = 100;
    two.publishMany(10);
    two.advance(25_000);
    two.bus.dropPercent = 0;
    two.publishMany(1);
    two.advance(100);
    long epoch = two.epoch();
    assertThat(connection.texts())
        .isEqualTo(
            List.of(
                "!JOINED " + epoch + ":0",
                "!LOST " + epoch + ":9",
                epoch + ":10=10",
                epoch + ":11=11"));
  }

  @Property(tries = 300)
  void nothing_is_missing_or_repeated_after_the_newest_message(@ForAll long seed) {
    Scene two = new Scene(VERTX, seed, 2, 2, Options.latest(1 + (int) Math.floorMod(seed, 50L)));
    two.history.maxDelayMillis = 30;
    two.bus.maxDelayMillis = 30;
    two.bus.dropPercent = 5;
    two.bus.repeatPercent = 5;
    two.publishMany(3);
    two.advance(100);
    List<FakeConnection> joined = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      if (two.random.nextInt(3) == 0) {
        FakeConnection connection = new FakeConnection(TestFormat.TELLING);
        two.join(two.random.nextInt(2), connection, new Start.AsConfigured());
        joined.add(connection);
      }
      two.publish(two.random.nextInt(2));
      two.advance(two.random.nextInt(20));
    }
    two.bus.dropPercent = 0;
    two.advance(5000);
    two.publishMany(1);
    two.advance(5000);
    long epoch = two.epoch();
    for (FakeConnection connection : joined) {
      assertUnbroken(connection.texts(), epoch, two);
    }
  }

  /** From one notice to the next, offsets follow each other, and the newest message is the last. */
  private static void assertUnbroken(List<String> texts, long epoch, Scene scene) {
    long next = -1;
    for (String text : texts) {
      if (text.startsWith("!")) {
        assertThat(text).matches("!(JOINED|LOST) " + epoch + ":\\d+");
        next = Long.parseLong(text.substring(text.indexOf(':') + 1)) + 1;
      } else {
        assertThat(text).as("%s", texts).startsWith(epoch + ":" + next + "=");
        next++;
      }
    }
    assertThat(next - 1).isEqualTo(scene.acknowledged.get(epoch).size());
  }
}
