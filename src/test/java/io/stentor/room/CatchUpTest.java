package io.stentor.room;

import static io.stentor.room.TestFormat.after;
import static io.stentor.room.TestFormat.range;
import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.config.RoomOptions.History;
import io.stentor.message.CloseReason;
import io.stentor.message.Position;
import io.stentor.room.Cursor.Start;
import io.vertx.core.Vertx;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** A cursor on its way from an older place to the tail. */
class CatchUpTest {
  private static final Vertx VERTX = Vertx.vertx();

  private final Scene scene = new Scene(VERTX, 1, 1, Options.usual());

  @AfterAll
  static void stop() {
    VERTX.close();
  }

  @Test
  void a_recovery_of_many_pages_waits_for_the_socket_and_meets_what_comes_meanwhile() {
    scene.publishMany(5000);
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

  /**
   * A connection may hold everything until it is told where it stands, and take it from then on.
   */
  @Test
  void a_connection_that_takes_more_once_it_is_told_its_place_hears_nothing_twice() {
    scene.publishMany(5000);
    long epoch = scene.epoch();
    scene.history.maxDelayMillis = 10;
    FakeConnection connection = new FakeConnection(TestFormat.SILENT);
    connection.writable = false;
    Cursor cursor = scene.join(0, connection, new Start.Since(new Position(epoch, 0)));
    connection.whenTold =
        () -> {
          connection.writable = true;
          cursor.drained();
        };
    scene.advance(500);
    assertThat(connection.texts()).isEqualTo(range(epoch, 1, 5000));
  }

  /** What a slow reader of old messages has not read yet may leave the log: that is a loss too. */
  @Test
  void a_catch_up_that_the_log_outruns_is_told_and_never_goes_on_behind_a_gap() {
    for (boolean last : new boolean[] {true, false}) {
      Scene scene = new Scene(VERTX, 1, 1, Options.with(new History(3000, 10_000_000, 300)));
      scene.publishMany(3000);
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
      scene.publishMany(3000);
      silent.writable = true;
      telling.writable = true;
      one.drained();
      other.drained();
      scene.turn();
      scene.publishMany(1);
      assertThat(silent.closed).as("%s", start).isEqualTo(CloseReason.INSUFFICIENT_STATE);
      assertThat(silent.texts()).isEqualTo(range(epoch, 1, silent.texts().size()));
      List<String> texts = telling.texts();
      assertThat(texts.subList(texts.size() - 2, texts.size()))
          .isEqualTo(after("!LOST " + epoch + ":6000", range(epoch, 6001, 6001)));
    }
  }

  /** The limit is for failures in a row; a long catch-up may meet more of them. */
  @Test
  void failures_before_a_page_do_not_count_for_the_next_one() {
    scene.publishMany(5000);
    long epoch = scene.epoch();
    FakeConnection connection = new FakeConnection(TestFormat.SILENT);
    connection.fullAfter = 1;
    Cursor cursor = scene.join(0, connection, new Start.Since(new Position(epoch, 0)));
    scene.turn();
    for (int page = 0; page < 3; page++) {
      final int before = connection.texts().size();
      scene.history.failPercent = 100;
      connection.fullAfter = 1;
      connection.writable = true;
      cursor.drained();
      scene.advance(7000);
      scene.history.failPercent = 0;
      scene.advance(100);
      assertThat(connection.closed).isNull();
      assertThat(connection.texts().size()).isGreaterThan(before);
    }
  }

  @Test
  void leaving_during_a_catch_up_ends_it() {
    scene.publishMany(3000);
    scene.history.maxDelayMillis = 10;
    FakeConnection connection = new FakeConnection(TestFormat.SILENT);
    Cursor cursor = scene.join(0, connection, new Start.Last(3000));
    cursor.leave();
    scene.advance(50);
    cursor.drained();
    scene.publishMany(10);
    scene.advance(50);
    assertThat(connection.texts()).isEmpty();
    assertThat(connection.closed).isNull();
  }

  private static FakeConnection joinAt(Scene scene, int node, Start start) {
    FakeConnection connection = new FakeConnection(TestFormat.TELLING);
    scene.join(node, connection, start);
    scene.advance(20);
    return connection;
  }

  /** The log was begun anew, and this node has not heard of it when the cursor comes. */
  @Test
  void a_cursor_that_knows_a_newer_epoch_than_its_node_loses_nothing() {
    Scene scene = new Scene(VERTX, 1, 2, Options.usual());
    joinAt(scene, 1, new Start.Live());
    scene.publishMany(2);
    final long before = scene.epoch();
    scene.advance(3000);
    scene.acknowledged.clear();
    scene.history.lose();
    scene.bus.dropPercent = 100;
    scene.publishMany(5);
    long epoch = scene.epoch();
    assertThat(epoch).isNotEqualTo(before);
    FakeConnection since = joinAt(scene, 1, new Start.Since(new Position(epoch, 3)));
    scene.advance(100);
    scene.bus.dropPercent = 0;
    scene.publishMany(1);
    assertThat(since.texts())
        .isEqualTo(
            after(
                "!RECOVERED " + epoch + ":3",
                List.of(epoch + ":4=6", epoch + ":5=7", epoch + ":6=8")));
  }
}
