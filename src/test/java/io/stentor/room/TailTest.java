package io.stentor.room;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.stentor.message.Attributes;
import io.stentor.message.Publication;
import io.stentor.room.Counts.Count;
import io.stentor.room.Cursor.Start;
import io.stentor.room.RoomBus.Broadcast;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Example;

/** What a turn writes to whom. */
class TailTest extends TailSetting {
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

  @Example
  void a_turn_is_timed_once_and_only_if_some_connection_takes_it() {
    timed(TestFormat.SILENT);
  }

  @Example
  void a_turn_is_timed_in_the_same_way_with_deltas() {
    timed(TestFormat.DELTAS);
  }

  private void timed(Format format) {
    FakeConnection one = join(format);
    FakeConnection two = join(format);
    publish(2);
    assertThat(scene.offers).isEqualTo(1);
    full(one);
    publish(1);
    assertThat(scene.offers).isEqualTo(2);
    full(two);
    publish(1);
    assertThat(scene.offers).isEqualTo(2);
    assertThat(scene.count(Count.DELIVERED)).isEqualTo(5);
  }

  @Example
  void what_is_for_no_connection_is_not_timed() {
    FakeConnection only = new FakeConnection(TestFormat.SILENT, null, "a");
    cursors.put(only, scene.join(0, only, new Start.Live()));
    scene.turn();
    Attributes excluding = Attributes.NONE.withExclude("a");
    scene.publish(0, "x", excluding);
    scene.turn();
    assertThat(scene.offers).isZero();
    scene.publish(0, "y");
    scene.publish(0, "z", excluding);
    scene.turn();
    assertThat(scene.offers).isEqualTo(1);
    assertThat(scene.count(Count.DELIVERED)).isEqualTo(1);
  }
}
