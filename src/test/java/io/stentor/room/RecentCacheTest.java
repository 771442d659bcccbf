package io.stentor.room;

import static io.stentor.room.TestFormat.after;
import static io.stentor.room.TestFormat.range;
import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.config.RoomOptions.History;
import io.stentor.config.RoomOptions.SlowConsumer;
import io.stentor.history.Batch;
import io.stentor.history.Branch;
import io.stentor.history.LocalHistory;
import io.stentor.history.Page;
import io.stentor.message.Position;
import io.stentor.message.Publication;
import io.stentor.room.Cursor.Start;
import io.stentor.room.RoomBus.Broadcast;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.AfterContainer;
import org.jspecify.annotations.Nullable;

/** What a node has at hand of a room's newest publications, and who gets it. */
class RecentCacheTest {
  private static final Vertx VERTX = Vertx.vertx();

  private final Scene scene = new Scene(VERTX, 1, 1, Options.usual());

  @AfterContainer
  static void stop() {
    VERTX.close();
  }

  /** A scene whose node hears the room, and that has forgotten that anyone asked its log. */
  private static Scene heard(Scene scene) {
    scene.join(TestFormat.SILENT, new Start.Live());
    scene.advance(3000);
    return scene;
  }

  private static Start.Since since(Scene scene, long offset) {
    return new Start.Since(new Position(scene.epoch(), offset));
  }

  @Example
  void a_cursor_that_was_here_a_moment_ago_goes_on_without_a_look_into_the_log() {
    heard(scene).publishMany(100);
    scene.history.reads = 0;
    FakeConnection some = scene.join(TestFormat.TELLING, since(scene, 60));
    FakeConnection all = scene.join(TestFormat.TELLING, since(scene, 0));
    FakeConnection none = scene.join(TestFormat.TELLING, since(scene, 100));
    FakeConnection last = scene.join(TestFormat.TELLING, new Start.Last(10));
    assertThat(scene.history.reads).isZero();
    scene.publishMany(1);
    long epoch = scene.epoch();
    assertThat(some.texts()).isEqualTo(after("!RECOVERED " + epoch + ":60", range(epoch, 61, 101)));
    assertThat(all.texts()).isEqualTo(after("!RECOVERED " + epoch + ":0", range(epoch, 1, 101)));
    assertThat(none.texts())
        .isEqualTo(after("!RECOVERED " + epoch + ":100", range(epoch, 101, 101)));
    assertThat(last.texts()).isEqualTo(after("!JOINED " + epoch + ":90", range(epoch, 91, 101)));
  }

  @Example
  void an_older_position_is_read_from_the_log() {
    heard(scene).publishMany(1000);
    scene.history.reads = 0;
    FakeConnection older = scene.join(TestFormat.SILENT, since(scene, 400));
    assertThat(scene.history.reads).isPositive();
    assertThat(older.texts()).isEqualTo(range(scene.epoch(), 401, 1000));
  }

  @Example
  void a_position_before_the_node_heard_the_room_is_read_from_the_log() {
    scene.publishMany(10);
    heard(scene).publishMany(10);
    assertThat(scene.join(TestFormat.SILENT, since(scene, 9)).texts())
        .isEqualTo(range(scene.epoch(), 10, 20));
  }

  @Example
  void a_position_that_is_ahead_of_the_node_is_read_from_the_log() {
    Scene two = new Scene(VERTX, 1, 2, Options.usual());
    FakeConnection behind = new FakeConnection(TestFormat.SILENT);
    two.join(1, behind, new Start.Live());
    two.advance(3000);
    two.bus.dropPercent = 100;
    two.publishMany(10);
    assertThat(behind.texts()).isEmpty();
    FakeConnection ahead = new FakeConnection(TestFormat.TELLING);
    two.join(1, ahead, since(two, 8));
    two.advance(200);
    two.bus.dropPercent = 0;
    two.publishMany(1);
    two.advance(200);
    assertThat(ahead.texts())
        .isEqualTo(after("!RECOVERED " + two.epoch() + ":8", range(two.epoch(), 9, 11)));
    assertThat(behind.texts()).isEqualTo(range(two.epoch(), 1, 11));
  }

  @Example
  void nothing_of_a_lost_epoch_is_given_to_anyone() {
    heard(scene).publishMany(10);
    final Start.Since old = since(scene, 5);
    scene.acknowledged.clear();
    scene.history.lose();
    scene.publishMany(7);
    FakeConnection connection = scene.join(TestFormat.TELLING, old);
    assertThat(connection.texts()).containsExactly("!LOST " + scene.epoch() + ":7");
    long epoch = scene.epoch();
    FakeConnection fresh = scene.join(TestFormat.TELLING, since(scene, 5));
    assertThat(fresh.texts())
        .containsExactly("!RECOVERED " + epoch + ":5", epoch + ":6=16", epoch + ":7=17");
  }

  @Example
  void what_was_removed_from_the_log_is_not_at_hand_either() {
    heard(scene).publishMany(10);
    Position top = new Position(scene.epoch(), 10);
    scene.history.removeAll(Scene.ROOM, Options.usual().history());
    scene.nodes.get(0).forget(Scene.ROOM, top);
    scene.publishMany(2);
    long epoch = scene.epoch();
    assertThat(scene.join(TestFormat.TELLING, since(scene, 5)).texts())
        .containsExactly("!LOST " + epoch + ":12");
    assertThat(scene.join(TestFormat.TELLING, since(scene, 10)).texts())
        .isEqualTo(after("!RECOVERED " + epoch + ":10", range(epoch, 11, 12)));
  }

  private static ReorderBuffer reorderBuffer() {
    return new ReorderBuffer(
        Options.usual().history(),
        (publications, epoch, first) -> {},
        new Counts(Counts.Timings.NONE),
        () -> 1_000_000);
  }

  @Example
  void what_was_removed_before_it_came_over_the_bus_is_not_kept() {
    ReorderBuffer sequence = reorderBuffer();
    sequence.moveTo(new Branch(7), 1);
    sequence.forget(new Position(7, 3));
    List<Publication> two = List.of(Publication.text("a", 1), Publication.text("b", 1));
    sequence.take(new Broadcast(7, 1, two));
    sequence.take(new Broadcast(7, 3, two));
    assertThat(sequence.since(new Position(7, 2), 10, 10)).isNull();
    assertThat(sequence.since(new Position(7, 3), 10, 10).publications())
        .containsExactly(two.get(1));
  }

  @Example
  void after_a_loss_nothing_from_before_is_waited_for() {
    ReorderBuffer sequence = reorderBuffer();
    sequence.moveTo(new Branch(7), 1);
    sequence.keep(new Broadcast(7, 5, List.of(Publication.text("early", 1_000_000))));
    assertThat(sequence.hasGap()).isTrue();
    sequence.moveTo(new Branch(8), 1);
    sequence.takeEarly();
    assertThat(sequence.hasGap()).isFalse();
  }

  @Example
  void what_is_too_old_for_the_log_is_not_recovered() {
    Scene short5 = heard(new Scene(VERTX, 1, 1, Options.with(new History(1000, 100_000, 5))));
    short5.publishMany(10);
    short5.advance(5001);
    FakeConnection connection = short5.join(TestFormat.TELLING, since(short5, 5));
    assertThat(connection.texts()).containsExactly("!LOST " + short5.epoch() + ":10");
  }

  @Example
  void a_room_that_is_listened_to_keeps_its_log_however_short_its_age_limit_is() {
    Scene second = new Scene(VERTX, 1, 1, Options.with(new History(1000, 100_000, 1)));
    final FakeConnection connection = second.join(TestFormat.TELLING, new Start.Live());
    second.publishMany(1);
    for (int i = 0; i < 60; i++) {
      second.advance(1000);
      second.history.expire();
    }
    second.publishMany(1);
    long epoch = second.epoch();
    assertThat(connection.texts()).isEqualTo(after("!JOINED " + epoch + ":0", range(epoch, 1, 2)));
  }

  /** A batch that is too large to wait for its turn leaves a gap that is seen all the same. */
  @Example
  void a_gap_before_a_batch_that_could_not_be_kept_is_repaired_soon() {
    History history = Options.usual().history();
    int tooLarge = ReorderBuffer.MAX_EARLY_BYTES + 1;
    Scene two =
        new Scene(VERTX, 1, 2, Options.slow(history, SlowConsumer.DISCONNECT, tooLarge, tooLarge));
    FakeConnection connection = new FakeConnection(TestFormat.SILENT);
    two.join(1, connection, new Start.Live());
    two.advance(3000);
    two.bus.dropPercent = 100;
    two.publishMany(1);
    two.bus.dropPercent = 0;
    two.publish(0, "x".repeat(tooLarge));
    two.advance(100);
    assertThat(connection.texts()).hasSize(2);
  }

  @Property(tries = 60)
  void what_is_at_hand_is_what_the_log_would_give_and_all_that_fits(@ForAll long seed) {
    Random random = new Random(seed);
    AtomicLong now = new AtomicLong(1_000_000);
    LocalHistory logs = new LocalHistory(now::get);
    History limits =
        new History(
            1 + random.nextInt(1000), 1000 + random.nextInt(200_000), 1 + random.nextInt(30));
    ReorderBuffer sequence =
        new ReorderBuffer(
            limits, (publications, epoch, first) -> {}, new Counts(Counts.Timings.NONE), now::get);
    final long epoch = logs.read(Scene.ROOM, Position.NONE, 0, 0, limits).result().epoch();
    sequence.moveTo(new Branch(epoch), 1);
    long number = 1;
    for (int round = 0; round < 50; round++) {
      now.addAndGet(random.nextInt(1000));
      List<Publication> batch = new ArrayList<>();
      for (int i = 1 + random.nextInt(40); i > 0; i--) {
        batch.add(Publication.text("x".repeat(random.nextInt(500)), now.get()));
      }
      logs.append(Scene.ROOM, new Batch(1, number, batch), limits);
      sequence.take(new Broadcast(epoch, number, batch));
      number += batch.size();
      now.addAndGet(random.nextInt(1000));
      Position position = new Position(epoch, Math.max(0, number - random.nextInt(700)));
      compare(
          sequence.since(position, 10_000, Integer.MAX_VALUE),
          logs.read(Scene.ROOM, position, 10_000, Integer.MAX_VALUE, limits).result(),
          position);
      comparePart(sequence, logs, position, random.nextInt(50), random.nextInt(10_000), limits);
    }
  }

  private static void comparePart(
      ReorderBuffer sequence,
      LocalHistory logs,
      Position from,
      int maxMessages,
      int maxBytes,
      History limits) {
    Page at = sequence.since(from, maxMessages, maxBytes);
    if (at != null) {
      Page log = logs.read(Scene.ROOM, from, maxMessages, maxBytes, limits).result();
      assertThat(at.publications()).isEqualTo(log.publications());
      assertThat(at.top()).isEqualTo(log.top());
    }
  }

  private static void compare(@Nullable Page at, Page log, Position from) {
    boolean possible = from.offset() + 1 >= log.oldest() && from.offset() <= log.top();
    long bytes = 0;
    for (Publication publication : log.publications()) {
      bytes += publication.weight() + ReorderBuffer.RecentCache.OVERHEAD_BYTES;
    }
    assertThat(at != null).isEqualTo(possible && bytes <= ReorderBuffer.RecentCache.MAX_BYTES);
    if (at != null) {
      assertThat(at.publications()).isEqualTo(log.publications());
      assertThat(at.first()).isEqualTo(log.first());
      assertThat(at.top()).isEqualTo(log.top());
      assertThat(at.oldest()).isLessThanOrEqualTo(log.oldest());
    }
  }
}
