package io.stentor.room;

import static io.stentor.room.TestFormat.after;
import static io.stentor.room.TestFormat.range;
import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.history.Branch;
import io.stentor.history.LocalHistory;
import io.stentor.history.Page;
import io.stentor.message.Position;
import io.stentor.room.Cursor.Start;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** What cursors notice of a log that goes on as another branch. */
class ForkTest {
  private static final Vertx VERTX = Vertx.vertx();
  private static final int CHECKED_MILLIS = 30_000;

  private final Scene scene = new Scene(VERTX, 1, 1, Options.usual());
  private long before;

  @AfterAll
  static void stop() {
    VERTX.close();
  }

  private FakeConnection listening() {
    scene.publishMany(3);
    before = scene.epoch();
    FakeConnection connection = scene.join(TestFormat.TELLING, new Start.Live());
    scene.publishMany(2);
    return connection;
  }

  private static List<String> both(List<String> first, List<String> then) {
    List<String> all = new ArrayList<>(first);
    all.addAll(then);
    return all;
  }

  @Test
  void a_log_that_forks_at_the_position_is_delivered_on_without_a_notice() {
    FakeConnection connection = listening();
    long epoch = scene.history.fork(Scene.ROOM, 5);
    scene.publishMany(2);
    scene.turn();
    scene.advance(CHECKED_MILLIS);
    assertThat(connection.texts())
        .isEqualTo(
            after("!JOINED " + before + ":3", both(range(before, 4, 5), range(epoch, 6, 7))));
    assertThat(scene.count(Counts.Count.LOST)).isZero();
  }

  @Test
  void a_log_that_forked_before_the_position_is_told_once() {
    FakeConnection connection = listening();
    long epoch = scene.history.fork(Scene.ROOM, 4);
    scene.advance(CHECKED_MILLIS);
    scene.publish(0, "new");
    scene.turn();
    assertThat(connection.texts())
        .isEqualTo(
            after(
                "!JOINED " + before + ":3",
                both(range(before, 4, 5), List.of("!LOST " + epoch + ":4", epoch + ":5=new"))));
  }

  @Test
  void a_cursor_in_the_common_past_recovers_whole_in_the_new_epoch() {
    scene.publishMany(10);
    before = scene.epoch();
    long epoch = scene.history.fork(Scene.ROOM, 8);
    scene.publish(0, "9");
    scene.turn();
    FakeConnection connection =
        scene.join(TestFormat.TELLING, new Start.Since(new Position(before, 4)));
    scene.advance(CHECKED_MILLIS);
    assertThat(connection.texts())
        .isEqualTo(after("!RECOVERED " + epoch + ":4", range(epoch, 5, 9)));
  }

  @Test
  void a_cursor_beyond_the_fork_is_told_that_it_cannot_be_continued() {
    scene.publishMany(10);
    before = scene.epoch();
    scene.history.fork(Scene.ROOM, 8);
    FakeConnection connection =
        scene.join(TestFormat.TELLING, new Start.Since(new Position(before, 9)));
    assertThat(connection.texts()).singleElement().asString().startsWith("!LOST");
  }

  /** The epoch of a room without a log is only a forecast; a node that comes or goes changes it. */
  @Test
  void the_start_of_an_empty_room_is_in_the_past_of_its_log_under_another_epoch() {
    FakeConnection connection = scene.join(TestFormat.TELLING, new Start.Live());
    scene.advance(100);
    before = Long.parseLong(connection.texts().get(0).split("[ :]")[1]);
    scene.history.lose();
    scene.advance(CHECKED_MILLIS);
    assertThat(connection.forks).isZero();
    scene.publish(0, "1");
    scene.advance(CHECKED_MILLIS);
    long epoch = scene.epoch();
    assertThat(epoch).isNotEqualTo(before);
    assertThat(connection.forks).isEqualTo(1);
    assertThat(connection.texts()).containsExactly("!JOINED " + before + ":0", epoch + ":1=1");
    FakeConnection resumed =
        scene.join(TestFormat.TELLING, new Start.Since(new Position(before, 0)));
    scene.advance(CHECKED_MILLIS);
    assertThat(resumed.texts()).containsExactly("!RECOVERED " + epoch + ":0", epoch + ":1=1");
  }

  /** A node that is cut off without the log, and back when somebody has published elsewhere. */
  @Test
  void a_log_that_was_gone_for_a_while_is_not_delivered_again_from_its_start() {
    FakeConnection connection = listening();
    LocalHistory logs = scene.history.lose();
    scene.advance(CHECKED_MILLIS);
    scene.history.back(logs);
    long epoch = scene.history.fork(Scene.ROOM, 5);
    scene.advance(CHECKED_MILLIS);
    scene.publish(0, "new");
    scene.turn();
    List<String> texts = connection.texts();
    assertThat(texts.get(3)).startsWith("!LOST ").endsWith(":0");
    assertThat(texts.subList(4, texts.size()))
        .containsExactly("!LOST " + epoch + ":5", epoch + ":6=new");
  }

  /** The log itself does not know of the forecast, but the node does. */
  @Test
  void the_start_of_an_empty_room_is_in_the_past_of_its_log_when_the_cache_is_full_too() {
    FakeConnection connection = scene.join(TestFormat.TELLING, new Start.Live());
    scene.advance(100);
    before = Long.parseLong(connection.texts().get(0).split("[ :]")[1]);
    scene.history.lose();
    scene.publishMany(700);
    scene.advance(CHECKED_MILLIS);
    FakeConnection resumed =
        scene.join(TestFormat.TELLING, new Start.Since(new Position(before, 0)));
    scene.advance(CHECKED_MILLIS);
    long epoch = scene.epoch();
    assertThat(resumed.texts())
        .isEqualTo(after("!RECOVERED " + epoch + ":0", range(epoch, 1, 700)));
  }

  @Test
  void a_page_of_another_branch_is_no_loss_while_the_node_goes_on_after_the_position() {
    scene.publishMany(2000);
    long epoch = scene.epoch();
    scene.join(TestFormat.TELLING, new Start.Live());
    scene.history.onePage = new Page(new Branch(epoch + 1), 1, 3, 4, List.of());
    FakeConnection connection =
        scene.join(TestFormat.TELLING, new Start.Since(new Position(epoch, 5)));
    scene.advance(200);
    assertThat(scene.history.onePage).isNull();
    assertThat(connection.texts())
        .isEqualTo(after("!RECOVERED " + epoch + ":5", range(epoch, 6, 2000)));
  }

  /** A node that is cut off, and back before it has noticed: its log was in another epoch once. */
  @Test
  void a_page_of_another_branch_is_no_loss_while_the_node_is_behind_on_that_of_the_reader() {
    nodeBehind();
    Branch other = new Branch(before + 1, List.of(new Position(before, 3)));
    scene.history.onePage = new Page(other, 1, 3, 4, List.of());
    FakeConnection connection =
        scene.join(TestFormat.TELLING, new Start.Since(new Position(before, 5)));
    scene.advance(200);
    assertThat(scene.history.onePage).isNull();
    assertThat(connection.texts())
        .isEqualTo(after("!RECOVERED " + before + ":5", range(before, 6, 6)));
  }

  /** A node that is cut off has no log, and is back before it has noticed. */
  @Test
  void a_page_of_another_log_is_no_loss_while_the_node_delivers_a_branch_of_that_of_the_reader() {
    scene.publishMany(3);
    before = scene.epoch();
    long epoch = scene.history.fork(Scene.ROOM, 3);
    scene.join(TestFormat.SILENT, new Start.Live());
    scene.history.onePage = new Page(new Branch(epoch + 1), 1, 0, 1, List.of());
    FakeConnection connection =
        scene.join(TestFormat.TELLING, new Start.Since(new Position(before, 1)));
    scene.advance(200);
    assertThat(scene.history.onePage).isNull();
    assertThat(connection.texts())
        .isEqualTo(after("!RECOVERED " + epoch + ":1", range(epoch, 2, 3)));
  }

  @Test
  void a_reader_beyond_the_fork_is_told_where_it_is_in_the_new_branch() {
    nodeBehind();
    long epoch = scene.history.fork(Scene.ROOM, 3);
    FakeConnection connection =
        scene.join(TestFormat.TELLING, new Start.Since(new Position(before, 5)));
    scene.advance(200);
    assertThat(connection.texts()).containsExactly("!LOST " + epoch + ":3");
  }

  /** The log has six messages, of which the node has received three. */
  private void nodeBehind() {
    scene.publishMany(3);
    before = scene.epoch();
    scene.join(TestFormat.SILENT, new Start.Live());
    scene.bus.dropPercent = 100;
    scene.publishMany(3);
    scene.bus.dropPercent = 0;
  }

  /** A cursor that has read from the log what its node has not received yet. */
  private FakeConnection ahead() {
    nodeBehind();
    FakeConnection connection =
        scene.join(TestFormat.TELLING, new Start.Since(new Position(before, 4)));
    assertThat(connection.texts())
        .isEqualTo(after("!RECOVERED " + before + ":4", range(before, 5, 6)));
    return connection;
  }

  @Test
  void a_cursor_ahead_of_its_node_and_beyond_the_fork_is_told() {
    FakeConnection connection = ahead();
    long epoch = scene.history.fork(Scene.ROOM, 4);
    scene.publishMany(4);
    scene.advance(CHECKED_MILLIS);
    List<String> texts = connection.texts();
    assertThat(texts.get(3)).isEqualTo("!LOST " + epoch + ":3");
    assertThat(texts.subList(4, texts.size()))
        .containsExactly(
            epoch + ":4=4", epoch + ":5=7", epoch + ":6=8", epoch + ":7=9", epoch + ":8=10");
  }

  @Test
  void a_cursor_ahead_of_its_node_and_before_the_fork_goes_on() {
    FakeConnection connection = ahead();
    long epoch = scene.history.fork(Scene.ROOM, 6);
    scene.publishMany(2);
    scene.advance(CHECKED_MILLIS);
    assertThat(connection.texts())
        .isEqualTo(
            after("!RECOVERED " + before + ":4", both(range(before, 5, 6), range(epoch, 7, 8))));
    assertThat(connection.forks).isEqualTo(1);
  }

  @Test
  void a_catch_up_that_crosses_a_fork_between_two_pages_recovers_whole() {
    scene.publishMany(3_000);
    before = scene.epoch();
    FakeConnection connection = new FakeConnection(TestFormat.TELLING);
    connection.fullAfter = 2; // The notice and a page.
    Cursor cursor = scene.join(0, connection, new Start.Since(new Position(before, 0)));
    scene.turn();
    int read = connection.texts().size() - 1;
    assertThat(read).isBetween(1, 2_500);
    long epoch = scene.history.fork(Scene.ROOM, 2_900);
    connection.writable = true;
    cursor.drained();
    scene.turn();
    scene.advance(CHECKED_MILLIS);
    List<String> texts = connection.texts();
    assertThat(texts.get(0)).isEqualTo("!RECOVERED " + before + ":0");
    assertThat(texts.subList(1, texts.size()))
        .isEqualTo(both(range(before, 1, read), range(epoch, read + 1, 2_900)));
    assertThat(connection.forks).isPositive();
    assertThat(connection.textsBeforeFork).isEqualTo(read + 1);
  }
}
