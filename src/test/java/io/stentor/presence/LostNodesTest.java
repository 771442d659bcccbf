package io.stentor.presence;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.presence.PresenceBus.PresenceMessage;
import io.stentor.presence.PresenceStore.MemberChange;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Presence where nodes are lost, come back, or do not know that they were lost. */
class LostNodesTest extends FaultyNetworkSetting {
  @ParameterizedTest
  @ValueSource(longs = {21, 22, 23, 24, 25})
  void members_of_a_lost_node_leave_once_however_often_they_are_taken_out(long seed) {
    scene(seed);
    bus.dropPercent = 30;
    bus.repeatPercent = 30;
    bus.maxDelayMillis = 40;
    comeAndGo(100);
    stores.get(2).die();
    final List<String> lost = List.copyOf(connected.get(2));
    nodesChanged();
    advance(1000);
    nodesChanged();
    advance(12_000);
    List<String> others = new ArrayList<>(everybody());
    others.removeAll(lost);
    for (Recorder watcher : watchers.subList(0, 2)) {
      assertThat(watcher.there()).isEqualTo(others);
      assertThat(watcher.impossible).isEmpty();
    }
    assertThat(lost).isNotEmpty();
    assertEachEventOnce();
  }

  @ParameterizedTest
  @ValueSource(longs = {31, 32, 33, 34, 35})
  void a_node_that_comes_back_as_another_announces_its_members_again(long seed) {
    scene(seed);
    bus.dropPercent = 20;
    bus.maxDelayMillis = 40;
    comeAndGo(100);
    stores.get(1).die();
    nodesChanged();
    comeAndGo(100);
    advance(12_000);
    stores.get(1).comeBack();
    nodesChanged();
    comeAndGo(20);
    advance(1000 * WatchedRoom.CHECK_SECONDS + 15_000);
    assertAllAgree();
    String own = watchers.get(1).changes().stream().filter(e -> e.startsWith("-c1")).toList() + "";
    connected.get(1).forEach(one -> assertThat(own).doesNotContain("-" + one + ","));
  }

  @Test
  void a_node_that_comes_back_at_once_makes_nobody_leave() {
    scene(40);
    comeAndGo(100);
    advance(500);
    int before = watchers.get(0).changes().size();
    shared.rooms.clear();
    stores.forEach(FakePresenceStore::die);
    stores.forEach(FakePresenceStore::comeBack);
    nodesChanged();
    advance(12_000);
    assertAllAgree();
    assertThat(watchers.get(0).changes()).hasSize(before);
  }

  @Test
  void a_client_that_asks_while_members_are_announced_again_misses_nobody() {
    scene(41);
    comeAndGo(100);
    advance(500);
    shared.maxDelayMillis = 20;
    shared.rooms.clear();
    stores.forEach(FakePresenceStore::die);
    stores.forEach(FakePresenceStore::comeBack);
    nodesChanged();
    for (int millis = 0; millis < 100; millis++) {
      ask(millis % NODES);
      advance(1);
    }
    advance(12_000);
    assertThat(askers).hasSize(100).allMatch(one -> one.there().equals(everybody()));
  }

  @Test
  void a_node_that_was_lost_and_does_not_know_it_is_not_believed() {
    scene(45);
    comeAndGo(50);
    advance(500);
    UUID lost = stores.get(2).node();
    connected.get(2).clear();
    stores.get(2).die();
    nodesChanged();
    advance(3000);
    RoomMembers room = shared.rooms.get(ROOM);
    MemberChange fork =
        new MemberChange(room.epoch(), room.version() + 1, 0, List.of(), List.copyOf(everybody()));
    bus.publish(ROOM, new PresenceMessage(lost, fork));
    advance(2000);
    assertThat(watchers.get(0).there()).isEqualTo(everybody());
    assertThat(watchers.get(1).there()).isEqualTo(everybody());
    assertEachEventOnce();
  }
}
