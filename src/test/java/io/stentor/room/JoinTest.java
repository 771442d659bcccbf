package io.stentor.room;

import static io.stentor.room.TestFormat.after;
import static io.stentor.room.TestFormat.range;
import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.config.RoomOptions.History;
import io.stentor.message.CloseReason;
import io.stentor.message.Position;
import io.stentor.room.Cursor.Start;
import io.vertx.core.Vertx;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Where a cursor begins, and what it is told. The crowd of random cases is in RepairTest. */
class JoinTest {
  private static final Vertx VERTX = Vertx.vertx();

  private final Scene scene = new Scene(VERTX, 1, 1, Options.usual());

  @AfterAll
  static void stop() {
    VERTX.close();
  }

  @Test
  void a_live_cursor_is_told_its_place_and_gets_what_comes_from_then_on() {
    scene.publishMany(3);
    FakeConnection connection = scene.join(TestFormat.TELLING, new Start.Live());
    scene.publishMany(2);
    long epoch = scene.epoch();
    assertThat(connection.texts()).isEqualTo(after("!JOINED " + epoch + ":3", range(epoch, 4, 5)));
  }

  @Test
  void a_client_is_read_only_once_it_would_hear_itself() {
    scene.history.maxDelayMillis = 50;
    FakeConnection connection = new FakeConnection(TestFormat.TELLING);
    scene.join(0, connection, new Start.Live());
    assertThat(connection.joined).as("before the room is heard on this node").isFalse();
    scene.advance(200);
    assertThat(connection.joined).isTrue();
  }

  @Test
  void a_cursor_that_leaves_at_once_does_not_keep_others_from_their_places() {
    scene.history.maxDelayMillis = 50;
    FakeConnection leaving = new FakeConnection(TestFormat.TELLING);
    Cursor cursor = scene.join(0, leaving, new Start.Live());
    leaving.whenTold = cursor::leave;
    FakeConnection staying = new FakeConnection(TestFormat.SILENT);
    scene.join(0, staying, new Start.Live());
    scene.advance(200);
    assertThat(staying.joined).isTrue();
    scene.history.maxDelayMillis = 0;
    scene.publishMany(1);
    assertThat(staying.texts()).isEqualTo(range(scene.epoch(), 1, 1));
  }

  @Test
  void a_cursor_in_an_empty_room_is_told_that_nothing_is_behind_it() {
    FakeConnection connection = scene.join(TestFormat.TELLING, new Start.Live());
    scene.publishMany(1);
    long epoch = scene.epoch();
    assertThat(connection.texts()).isEqualTo(after("!JOINED " + epoch + ":0", range(epoch, 1, 1)));
  }

  @Test
  void a_cursor_goes_on_where_it_was() {
    scene.publishMany(10);
    long epoch = scene.epoch();
    Start since = new Start.Since(new Position(epoch, 4));
    FakeConnection telling = scene.join(TestFormat.TELLING, since);
    FakeConnection silent = scene.join(TestFormat.SILENT, since);
    scene.publishMany(1);
    assertThat(telling.texts()).isEqualTo(after("!RECOVERED " + epoch + ":4", range(epoch, 5, 11)));
    assertThat(silent.texts()).isEqualTo(range(epoch, 5, 11));
    assertThat(silent.closed).isNull();
  }

  @Test
  void a_cursor_that_missed_nothing_is_told_so() {
    scene.publishMany(10);
    Start since = new Start.Since(new Position(scene.epoch(), 10));
    FakeConnection connection = scene.join(TestFormat.TELLING, since);
    assertThat(connection.texts()).containsExactly("!RECOVERED " + scene.epoch() + ":10");
  }

  @Test
  void the_last_messages_come_first_or_as_many_as_there_are() {
    scene.publishMany(10);
    long epoch = scene.epoch();
    assertThat(scene.join(TestFormat.TELLING, new Start.Last(3)).texts())
        .isEqualTo(after("!JOINED " + epoch + ":7", range(epoch, 8, 10)));
    assertThat(scene.join(TestFormat.TELLING, new Start.Last(50)).texts())
        .isEqualTo(after("!JOINED " + epoch + ":0", range(epoch, 1, 10)));
    assertThat(scene.join(TestFormat.TELLING, new Start.Last(0)).texts())
        .containsExactly("!JOINED " + epoch + ":10");
  }

  @Test
  void the_last_messages_are_those_that_the_log_still_has() {
    Scene scene = new Scene(VERTX, 1, 1, Options.with(new History(4, 10_000, 300)));
    scene.publishMany(10);
    long epoch = scene.epoch();
    assertThat(scene.join(TestFormat.TELLING, new Start.Last(8)).texts())
        .isEqualTo(after("!JOINED " + epoch + ":6", range(epoch, 7, 10)));
  }

  private static void assertLost(Scene scene, Position since) {
    FakeConnection telling = scene.join(TestFormat.TELLING, new Start.Since(since));
    FakeConnection silent = scene.join(TestFormat.SILENT, new Start.Since(since));
    long epoch = scene.epoch();
    long top = scene.acknowledged.get(epoch).size();
    assertThat(telling.texts()).containsExactly("!LOST " + epoch + ":" + top);
    assertThat(silent.texts()).isEmpty();
    assertThat(silent.closed).isEqualTo(CloseReason.INSUFFICIENT_STATE);
    scene.publishMany(1);
    assertThat(telling.texts()).hasSize(2);
    assertThat(telling.closed).isNull();
    assertThat(silent.texts()).isEmpty();
  }

  @Test
  void a_position_of_another_epoch_is_refused_aloud() {
    scene.publishMany(10);
    assertLost(scene, new Position(scene.epoch() == 1 ? 2 : scene.epoch() - 1, 5));
  }

  @Test
  void a_position_beyond_the_end_is_refused_aloud() {
    scene.publishMany(10);
    assertLost(scene, new Position(scene.epoch(), 11));
  }

  @Test
  void a_position_that_the_log_has_let_go_of_is_refused_aloud() {
    Scene scene = new Scene(VERTX, 1, 1, Options.with(new History(4, 10_000, 300)));
    scene.publishMany(10);
    long epoch = scene.epoch();
    FakeConnection edge = scene.join(TestFormat.SILENT, new Start.Since(new Position(epoch, 6)));
    assertThat(edge.texts()).isEqualTo(range(epoch, 7, 10));
    assertLost(scene, new Position(epoch, 5));
  }

  @Test
  void a_position_in_a_room_without_a_log_is_refused_aloud() {
    Scene scene = new Scene(VERTX, 1, 1, Options.with(new History(0, 10_000, 300)));
    FakeConnection telling = scene.join(TestFormat.TELLING, new Start.Since(new Position(5, 5)));
    FakeConnection silent = scene.join(TestFormat.SILENT, new Start.Since(new Position(5, 5)));
    FakeConnection last = scene.join(TestFormat.SILENT, new Start.Last(5));
    scene.publish(0);
    scene.turn();
    assertThat(telling.texts()).containsExactly("!LOST 0:0", "0:0=1");
    assertThat(silent.closed).isEqualTo(CloseReason.INSUFFICIENT_STATE);
    assertThat(last.texts()).containsExactly("0:0=1");
  }

  @Test
  void leaving_before_the_room_is_heard_ends_it_too() {
    scene.history.maxDelayMillis = 10;
    FakeConnection connection = new FakeConnection(TestFormat.TELLING);
    Cursor cursor = scene.join(0, connection, new Start.Live());
    cursor.leave();
    cursor.leave();
    scene.publishMany(1);
    scene.advance(50);
    assertThat(connection.texts()).isEmpty();
  }
}
