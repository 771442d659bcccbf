package io.stentor.room;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.stentor.config.RoomOptions;
import io.stentor.config.RoomOptions.SlowConsumer;
import io.stentor.message.CloseReason;
import io.stentor.message.Publication;
import io.stentor.room.Counts.Count;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.AfterTry;
import net.jqwik.api.lifecycle.BeforeTry;

/** What a turn writes to whom, and what becomes of those who read slowly. */
class TailTest {
  private static final Vertx VERTX = Vertx.vertx();

  /** What a text of one or two digits takes in {@link TestFormat}, at most: header, place, text. */
  private static final int PIECE_BYTES = 2 + 13 + 1 + 2 + 1 + 2;

  private final Map<FakeConnection, Cursor> cursors = new LinkedHashMap<>();
  private long memoryBefore;
  private Scene scene;

  @AfterContainer
  static void stop() {
    VERTX.close();
  }

  @BeforeTry
  void begin() {
    cursors.clear();
    scene = scene(Options.usual());
    memoryBefore = PooledByteBufAllocator.DEFAULT.pinnedDirectMemory();
  }

  /** Whatever happened: when all have left, nothing of what was encoded is held any more. */
  @AfterTry
  void everything_is_released_when_all_have_left() {
    cursors.values().forEach(Cursor::leave);
    scene.advance(20);
    for (FakeConnection connection : cursors.keySet()) {
      assertThat(connection.memory).allMatch(bytes -> bytes.refCnt() == 0);
    }
    assertThat(PooledByteBufAllocator.DEFAULT.pinnedDirectMemory()).isEqualTo(memoryBefore);
  }

  private static Scene scene(RoomOptions options) {
    return new Scene(VERTX, 1, 1, options);
  }

  private FakeConnection join(Format format) {
    FakeConnection connection = new FakeConnection(format);
    cursors.put(connection, scene.join(0, connection, new Start.Live()));
    scene.turn();
    return connection;
  }

  private FakeConnection join() {
    return join(TestFormat.SILENT);
  }

  private void publish(int count) {
    for (int i = 0; i < count; i++) {
      scene.publish(0);
    }
    scene.turn();
  }

  /** One after the other, each in a turn of its own. */
  private void publishEach(int count) {
    for (int i = 0; i < count; i++) {
      publish(1);
    }
  }

  private void full(FakeConnection connection) {
    connection.writable = false;
  }

  private void drain(FakeConnection connection) {
    connection.writable = true;
    Cursor cursor = cursors.get(connection);
    assertThat(cursor).isNotNull();
    cursor.drained();
    scene.turn();
  }

  private List<String> range(int first, int last) {
    long epoch = scene.epoch();
    return IntStream.rangeClosed(first, last).mapToObj(i -> epoch + ":" + i + "=" + i).toList();
  }

  @Example
  void a_turn_is_one_write_and_one_flush_for_each_connection() {
    List<FakeConnection> all = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      all.add(join());
    }
    publish(40);
    for (FakeConnection one : all) {
      assertThat(one.texts()).isEqualTo(range(1, 40));
      assertThat(one.writes).isEqualTo(1);
      assertThat(one.flushes).isEqualTo(1);
    }
    publish(40);
    assertThat(all).allMatch(one -> one.writes == 2 && one.flushes == 2);
    assertThat(scene.count(Count.DELIVERED)).isEqualTo(5 * 80);
  }

  @Example
  void several_batches_in_one_turn_are_one_write() {
    FakeConnection connection = join();
    publish(1);
    long epoch = scene.epoch();
    for (int i = 2; i <= 6; i++) {
      Publication one = Publication.text(Integer.toString(i), 1_000_000);
      scene.bus.publish(Scene.ROOM, new Broadcast(epoch, i, List.of(one)));
    }
    assertThat(connection.writes).isEqualTo(1);
    scene.turn();
    assertThat(connection.writes).isEqualTo(2);
    assertThat(connection.flushes).isEqualTo(2);
    assertThat(connection.texts()).isEqualTo(range(1, 6));
  }

  @Example
  void connections_of_one_format_share_the_bytes() {
    FakeConnection one = join();
    FakeConnection two = join();
    FakeConnection other = join(TestFormat.TELLING);
    publish(3);
    ByteBuf memory = one.memory.get(0);
    assertThat(two.memory.get(0)).isSameAs(memory);
    assertThat(other.memory.get(1)).isNotSameAs(memory);
  }

  @Example
  void a_full_socket_is_left_alone_and_gets_all_of_it_later_in_one_flush() {
    FakeConnection quick = join();
    FakeConnection slow = join();
    full(slow);
    publishEach(10);
    assertThat(quick.texts()).isEqualTo(range(1, 10));
    assertThat(slow.writes).isZero();
    drain(slow);
    assertThat(slow.texts()).isEqualTo(range(1, 10));
    assertThat(slow.flushes).isEqualTo(1);
    publishEach(1);
    assertThat(slow.texts()).isEqualTo(range(1, 11));
    assertThat(quick.writes).isEqualTo(11);
  }

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

  @Example
  void a_room_may_gather_for_some_milliseconds() {
    scene = scene(Options.coalescing(5));
    FakeConnection connection = join();
    scene.publish(0);
    scene.advance(2);
    scene.publish(0);
    scene.advance(2);
    assertThat(connection.writes).isZero();
    scene.advance(2);
    assertThat(connection.texts()).isEqualTo(range(1, 2));
    assertThat(connection.writes).isEqualTo(1);
    publish(1);
    scene.advance(4);
    assertThat(connection.writes).isEqualTo(1);
    scene.advance(2);
    assertThat(connection.writes).isEqualTo(2);
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
