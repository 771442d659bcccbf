package io.stentor.room;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.config.RoomOptions.History;
import io.stentor.message.CloseReason;
import io.stentor.message.Position;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
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

  private static Scene scene(History history) {
    return new Scene(VERTX, 1, 1, Options.with(history));
  }

  private static void publish(Scene scene, int count) {
    for (int i = 0; i < count; i++) {
      scene.publish(0);
      if (i % 50 == 49) {
        scene.turn();
      }
    }
    scene.turn();
  }

  private static FakeConnection join(Scene scene, Format format, Start start) {
    FakeConnection connection = new FakeConnection(format);
    scene.join(0, connection, start);
    scene.turn();
    return connection;
  }

  /** The texts from one offset to another, as {@link TestFormat} writes them. */
  private static List<String> range(long epoch, int first, int last) {
    return IntStream.rangeClosed(first, last).mapToObj(i -> epoch + ":" + i + "=" + i).toList();
  }

  private static List<String> after(String notice, List<String> texts) {
    return Stream.concat(Stream.of(notice), texts.stream()).toList();
  }

  @Test
  void a_live_cursor_is_told_its_place_and_gets_what_comes_from_then_on() {
    publish(scene, 3);
    FakeConnection connection = join(scene, TestFormat.TELLING, new Start.Live());
    publish(scene, 2);
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
  void a_cursor_in_an_empty_room_is_told_that_nothing_is_behind_it() {
    FakeConnection connection = join(scene, TestFormat.TELLING, new Start.Live());
    publish(scene, 1);
    long epoch = scene.epoch();
    assertThat(connection.texts()).isEqualTo(after("!JOINED " + epoch + ":0", range(epoch, 1, 1)));
  }

  @Test
  void a_cursor_goes_on_where_it_was() {
    publish(scene, 10);
    long epoch = scene.epoch();
    Start since = new Start.Since(new Position(epoch, 4));
    FakeConnection telling = join(scene, TestFormat.TELLING, since);
    FakeConnection silent = join(scene, TestFormat.SILENT, since);
    publish(scene, 1);
    assertThat(telling.texts()).isEqualTo(after("!RECOVERED " + epoch + ":4", range(epoch, 5, 11)));
    assertThat(silent.texts()).isEqualTo(range(epoch, 5, 11));
    assertThat(silent.closed).isNull();
  }

  @Test
  void a_cursor_that_missed_nothing_is_told_so() {
    publish(scene, 10);
    Start since = new Start.Since(new Position(scene.epoch(), 10));
    FakeConnection connection = join(scene, TestFormat.TELLING, since);
    assertThat(connection.texts()).containsExactly("!RECOVERED " + scene.epoch() + ":10");
  }

  @Test
  void the_last_messages_come_first_or_as_many_as_there_are() {
    publish(scene, 10);
    long epoch = scene.epoch();
    assertThat(join(scene, TestFormat.TELLING, new Start.Last(3)).texts())
        .isEqualTo(after("!JOINED " + epoch + ":7", range(epoch, 8, 10)));
    assertThat(join(scene, TestFormat.TELLING, new Start.Last(50)).texts())
        .isEqualTo(after("!JOINED " + epoch + ":0", range(epoch, 1, 10)));
    assertThat(join(scene, TestFormat.TELLING, new Start.Last(0)).texts())
        .containsExactly("!JOINED " + epoch + ":10");
  }

  @Test
  void the_last_messages_are_those_that_the_log_still_has() {
    Scene scene = scene(new History(4, 10_000, 300));
    publish(scene, 10);
    long epoch = scene.epoch();
    assertThat(join(scene, TestFormat.TELLING, new Start.Last(8)).texts())
        .isEqualTo(after("!JOINED " + epoch + ":6", range(epoch, 7, 10)));
  }

  private static void assertLost(Scene scene, Position since) {
    FakeConnection telling = join(scene, TestFormat.TELLING, new Start.Since(since));
    FakeConnection silent = join(scene, TestFormat.SILENT, new Start.Since(since));
    long epoch = scene.epoch();
    long top = scene.acknowledged.get(epoch).size();
    assertThat(telling.texts()).containsExactly("!LOST " + epoch + ":" + top);
    assertThat(silent.texts()).isEmpty();
    assertThat(silent.closed).isEqualTo(CloseReason.INSUFFICIENT_STATE);
    publish(scene, 1);
    assertThat(telling.texts()).hasSize(2);
    assertThat(telling.closed).isNull();
    assertThat(silent.texts()).isEmpty();
  }

  @Test
  void a_position_of_another_epoch_is_refused_aloud() {
    publish(scene, 10);
    assertLost(scene, new Position(scene.epoch() == 1 ? 2 : scene.epoch() - 1, 5));
  }

  @Test
  void a_position_beyond_the_end_is_refused_aloud() {
    publish(scene, 10);
    assertLost(scene, new Position(scene.epoch(), 11));
  }

  @Test
  void a_position_that_the_log_has_let_go_of_is_refused_aloud() {
    Scene scene = scene(new History(4, 10_000, 300));
    publish(scene, 10);
    long epoch = scene.epoch();
    FakeConnection edge = join(scene, TestFormat.SILENT, new Start.Since(new Position(epoch, 6)));
    assertThat(edge.texts()).isEqualTo(range(epoch, 7, 10));
    assertLost(scene, new Position(epoch, 5));
  }

  @Test
  void a_position_in_a_room_without_a_log_is_refused_aloud() {
    Scene scene = scene(new History(0, 10_000, 300));
    FakeConnection telling = join(scene, TestFormat.TELLING, new Start.Since(new Position(5, 5)));
    FakeConnection silent = join(scene, TestFormat.SILENT, new Start.Since(new Position(5, 5)));
    FakeConnection last = join(scene, TestFormat.SILENT, new Start.Last(5));
    scene.publish(0);
    scene.turn();
    assertThat(telling.texts()).containsExactly("!LOST 0:0", "0:0=1");
    assertThat(silent.closed).isEqualTo(CloseReason.INSUFFICIENT_STATE);
    assertThat(last.texts()).containsExactly("0:0=1");
  }

  @Test
  void a_recovery_of_many_pages_waits_for_the_socket_and_meets_what_comes_meanwhile() {
    publish(scene, 5000);
    long epoch = scene.epoch();
    FakeConnection connection = new FakeConnection(TestFormat.SILENT);
    connection.fullAfter = 1;
    Cursor cursor = scene.join(0, connection, new Start.Since(new Position(epoch, 0)));
    scene.turn();
    for (int i = 0; i < 100 && connection.texts().size() < 5100; i++) {
      int before = connection.texts().size();
      scene.publish(0);
      scene.advance(20);
      assertThat(connection.texts()).hasSize(before);
      connection.fullAfter = 1;
      connection.writable = true;
      cursor.drained();
      scene.turn();
      int page = connection.texts().size() - before;
      assertThat(page).isLessThan(3000);
    }
    connection.fullAfter = -1;
    connection.writable = true;
    cursor.drained();
    scene.turn();
    int top = scene.acknowledged.get(epoch).size();
    assertThat(connection.texts()).isEqualTo(range(epoch, 1, top));
  }

  /** What a slow reader of old messages has not read yet may leave the log: that is a loss too. */
  @Test
  void a_catch_up_that_the_log_outruns_is_told_and_never_goes_on_behind_a_gap() {
    for (boolean last : new boolean[] {true, false}) {
      Scene scene = scene(new History(3000, 10_000_000, 300));
      publish(scene, 3000);
      long epoch = scene.epoch();
      Start start = last ? new Start.Last(3000) : new Start.Since(new Position(epoch, 0));
      FakeConnection silent = new FakeConnection(TestFormat.SILENT);
      FakeConnection telling = new FakeConnection(TestFormat.TELLING);
      silent.fullAfter = 1;
      telling.fullAfter = 2;
      final Cursor one = scene.join(0, silent, start);
      final Cursor other = scene.join(0, telling, start);
      scene.turn();
      assertThat(silent.texts()).isEqualTo(range(epoch, 1, silent.texts().size()));
      publish(scene, 3000);
      silent.writable = true;
      telling.writable = true;
      one.drained();
      other.drained();
      scene.turn();
      publish(scene, 1);
      assertThat(silent.closed).as("%s", start).isEqualTo(CloseReason.INSUFFICIENT_STATE);
      assertThat(silent.texts()).isEqualTo(range(epoch, 1, silent.texts().size()));
      List<String> texts = telling.texts();
      assertThat(texts.subList(texts.size() - 2, texts.size()))
          .isEqualTo(after("!LOST " + epoch + ":6000", range(epoch, 6001, 6001)));
    }
  }

  @Test
  void leaving_during_a_catch_up_ends_it() {
    publish(scene, 3000);
    scene.history.maxDelayMillis = 10;
    FakeConnection connection = new FakeConnection(TestFormat.SILENT);
    Cursor cursor = scene.join(0, connection, new Start.Last(3000));
    cursor.leave();
    scene.advance(50);
    cursor.drained();
    publish(scene, 10);
    scene.advance(50);
    assertThat(connection.texts()).isEmpty();
    assertThat(connection.closed).isNull();
  }

  @Test
  void leaving_before_the_room_is_heard_ends_it_too() {
    scene.history.maxDelayMillis = 10;
    FakeConnection connection = new FakeConnection(TestFormat.TELLING);
    Cursor cursor = scene.join(0, connection, new Start.Live());
    cursor.leave();
    cursor.leave();
    publish(scene, 1);
    scene.advance(50);
    assertThat(connection.texts()).isEmpty();
  }
}
