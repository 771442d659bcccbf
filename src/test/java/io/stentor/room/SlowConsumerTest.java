package io.stentor.room;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.PooledByteBufAllocator;
import io.stentor.config.RoomOptions.SlowConsumer;
import io.stentor.message.CloseReason;
import io.stentor.message.Position;
import io.stentor.room.Counts.Count;
import io.stentor.room.Cursor.Start;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** What becomes of those who read slowly. */
class SlowConsumerTest extends TailSetting {
  @Example
  void a_slow_cursor_is_closed_with_3008_when_it_falls_off_the_tail() {
    scene = scene(Options.slow(SlowConsumer.DISCONNECT, 10 * PIECE_BYTES));
    FakeConnection quick = join();
    FakeConnection slow = join();
    full(slow);
    publishEach(10);
    assertThat(slow.closed).isNull();
    publishEach(10);
    assertThat(slow.closed).isEqualTo(CloseReason.SLOW);
    assertThat(slow.closed.code()).isEqualTo(3008);
    assertThat(slow.writes).isZero();
    assertThat(quick.texts()).isEqualTo(range(1, 20));
    assertThat(quick.closed).isNull();
    assertThat(scene.count(Count.SLOW_DISCONNECTED)).isEqualTo(1);
  }

  @Example
  void what_waits_for_slow_cursors_is_bounded_in_bytes() {
    int tailBytes = 200 * 1000;
    scene = scene(Options.slow(SlowConsumer.SKIP, tailBytes));
    FakeConnection slow = join(TestFormat.TELLING);
    full(slow);
    long most = 0;
    for (int i = 0; i < 1000; i++) {
      scene.publish(0, "x".repeat(900));
      scene.turn();
      most = Math.max(most, PooledByteBufAllocator.DEFAULT.pinnedDirectMemory() - memoryBefore);
    }
    // The allocator rounds each piece up to a size of its own.
    assertThat(most).isBetween(tailBytes / 2L, 2L * tailBytes);
    drain(slow);
    int kept = slow.texts().size() - 2;
    assertThat(kept).isBetween(150, 250);
    assertThat(slow.texts().get(1))
        .isEqualTo("!SKIPPED %d:%d %d".formatted(scene.epoch(), 1000 - kept, 1000 - kept));
  }

  @Example
  void what_waited_for_the_only_slow_cursor_is_let_go_of_as_soon_as_it_leaves() {
    FakeConnection quick = join();
    FakeConnection slow = join();
    full(slow);
    publishEach(10);
    assertThat(scene.count(Count.WAITING_BYTES)).isPositive();
    leave(slow);
    assertNothingWaits();
    publishEach(1);
    assertThat(quick.texts()).isEqualTo(range(1, 11));
    assertNothingWaits();
  }

  @Example
  void what_waits_for_another_slow_cursor_stays_when_a_slower_one_leaves() {
    FakeConnection slower = join();
    full(slower);
    publishEach(5);
    FakeConnection slow = join();
    full(slow);
    publishEach(5);
    long all = scene.count(Count.WAITING_BYTES);
    leave(slower);
    assertThat(scene.count(Count.WAITING_BYTES)).isBetween(1L, all - 1);
    drain(slow);
    assertThat(slow.texts()).isEqualTo(range(6, 10));
    assertNothingWaits();
  }

  @Example
  void what_was_kept_for_a_catch_up_is_let_go_of_when_that_leaves_or_reads_on() {
    for (int i = 0; i < 100; i++) {
      scene.publish(0, "x".repeat(1000));
    }
    scene.turn();
    for (boolean leaves : new boolean[] {true, false}) {
      FakeConnection quick = join();
      FakeConnection late = new FakeConnection(TestFormat.SILENT);
      full(late);
      cursors.put(late, scene.join(0, late, new Start.Since(new Position(scene.epoch(), 0))));
      scene.turn();
      publishEach(5);
      assertThat(scene.count(Count.WAITING_BYTES)).isPositive();
      if (leaves) {
        leave(late);
      } else {
        drain(late);
      }
      assertNothingWaits();
      leave(quick);
      leave(late);
    }
  }

  private void leave(FakeConnection connection) {
    Cursor cursor = cursors.get(connection);
    assertThat(cursor).isNotNull();
    cursor.leave();
    scene.turn();
  }

  private void assertNothingWaits() {
    assertThat(scene.count(Count.WAITING_BYTES)).isZero();
  }

  @Example
  void a_skipping_cursor_is_told_how_much_it_missed_and_goes_on_without_a_gap() {
    scene = scene(Options.slow(SlowConsumer.SKIP, 10 * PIECE_BYTES));
    FakeConnection telling = join(TestFormat.TELLING);
    FakeConnection silent = join();
    full(telling);
    full(silent);
    publishEach(99);
    drain(telling);
    drain(silent);
    publishEach(1);
    long epoch = scene.epoch();
    List<String> texts = telling.texts();
    int first = 100 - (texts.size() - 2) + 1;
    assertThat(first).isBetween(88, 95);
    assertThat(texts.get(1)).isEqualTo("!SKIPPED %d:%d %d".formatted(epoch, first - 1, first - 1));
    assertThat(texts.subList(2, texts.size())).isEqualTo(range(first, 100));
    assertThat(silent.texts()).isEqualTo(range(first, 100));
    assertThat(scene.count(Count.SKIPPED)).isEqualTo(2L * (first - 1));
    assertThat(silent.closed).isNull();
  }

  @Example
  void a_cursor_that_wants_the_latest_gets_only_that_when_it_drains() {
    scene = scene(Options.slow(SlowConsumer.LATEST, 10_000));
    FakeConnection telling = join(TestFormat.TELLING);
    FakeConnection silent = join();
    publishEach(2);
    full(telling);
    full(silent);
    publishEach(10);
    drain(telling);
    drain(silent);
    long epoch = scene.epoch();
    assertThat(silent.texts()).containsExactly(epoch + ":1=1", epoch + ":2=2", epoch + ":12=12");
    assertThat(telling.texts().subList(3, 5))
        .containsExactly("!SKIPPED " + epoch + ":11 9", epoch + ":12=12");
    publishEach(1);
    assertThat(silent.texts()).endsWith(epoch + ":13=13");
  }

  @Property(tries = 1000)
  void sockets_that_fill_and_drain_at_random_miss_nothing_that_they_are_not_told(
      @ForAll long seed) {
    Random random = new Random(seed);
    SlowConsumer slow = SlowConsumer.values()[random.nextInt(3)];
    scene = scene(Options.slow(slow, (2 + random.nextInt(20)) * PIECE_BYTES));
    for (int i = 0; i < 5; i++) {
      join(random.nextBoolean() ? TestFormat.TELLING : TestFormat.SILENT);
    }
    List<FakeConnection> all = List.copyOf(cursors.keySet());
    for (int i = 0; i < 80; i++) {
      publish(random.nextInt(4));
      FakeConnection one = all.get(random.nextInt(all.size()));
      if (random.nextBoolean()) {
        one.fullAfter = 1 + random.nextInt(2);
      } else {
        drain(one);
      }
    }
    publish(1);
    all.forEach(
        one -> {
          one.fullAfter = -1;
          drain(one);
        });
    for (FakeConnection one : all) {
      check(one, slow);
    }
  }

  private void check(FakeConnection connection, SlowConsumer slow) {
    if (connection.closed != null) {
      assertThat(slow).isEqualTo(SlowConsumer.DISCONNECT);
      assertThat(connection.closed).isEqualTo(CloseReason.SLOW);
      return;
    }
    assertThat(connection.unflushed).isZero();
    boolean mayMiss = slow != SlowConsumer.DISCONNECT && connection.format() == TestFormat.SILENT;
    long next = 1;
    for (String text : connection.texts()) {
      if (text.startsWith("!SKIPPED")) {
        long skipped = Long.parseLong(text.substring(text.lastIndexOf(' ') + 1));
        next += skipped;
        assertThat(text).contains(":" + (next - 1) + " ");
      } else if (!text.startsWith("!JOINED")) {
        long offset = Long.parseLong(text.substring(text.indexOf('=') + 1));
        assertThat(mayMiss ? offset >= next : offset == next)
            .as("%s where %s has to come", text, next)
            .isTrue();
        next = offset + 1;
      }
    }
    assertThat(next - 1).isEqualTo(scene.acknowledged.get(scene.epoch()).size());
  }
}
