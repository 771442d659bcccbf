package io.stentor.presence;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.message.RoomName;
import io.stentor.presence.Watcher.Watch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Presence where calls fail, and a bus loses, repeats and reorders. */
class FaultyNetworkTest extends FaultyNetworkSetting {
  @Test
  void without_faults_every_watcher_sees_every_change_within_a_moment() {
    scene(1);
    comeAndGo(200);
    advance(50);
    assertAllAgree();
    assertEachEventOnce();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void a_bus_that_loses_repeats_and_reorders_does_no_harm(long seed) {
    scene(seed);
    bus.dropPercent = 20;
    bus.repeatPercent = 20;
    bus.maxDelayMillis = 40;
    comeAndGo(300);
    bus.dropPercent = 100;
    comeAndGo(5);
    advance(1000 * WatchedRoom.CHECK_SECONDS + 2500);
    assertAllAgree();
    assertEachEventOnce();
  }

  @ParameterizedTest
  @ValueSource(longs = {11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
  void calls_that_fail_done_or_not_are_made_good(long seed) {
    scene(seed);
    shared.failPercent = 30;
    shared.maxDelayMillis = 20;
    bus.maxDelayMillis = 20;
    comeAndGo(300);
    for (int node = 0; node < NODES; node++) {
      while (!connected.get(node).isEmpty()) {
        leave(node);
      }
    }
    advance(5000);
    enter(0);
    shared.failPercent = 0;
    advance(1000 * WatchedRoom.CHECK_SECONDS + 5000);
    assertAllAgree();
    assertEachEventOnce();
  }

  @ParameterizedTest
  @ValueSource(longs = {41, 42, 43, 44, 45, 46, 47, 48, 49, 50})
  void clients_that_ask_for_the_members_know_them_from_then_on(long seed) {
    scene(seed);
    shared.failPercent = 30;
    shared.maxDelayMillis = 20;
    bus.dropPercent = 20;
    bus.maxDelayMillis = 40;
    for (int i = 0; i < 100; i++) {
      comeAndGo(3);
      ask(random.nextInt(NODES));
    }
    shared.failPercent = 0;
    advance(1000 * WatchedRoom.CHECK_SECONDS + 5000);
    assertThat(askers).hasSize(100).allMatch(one -> one.there().equals(everybody()));
  }

  @Test
  void what_the_store_lost_is_found_and_announced_again() {
    scene(50);
    comeAndGo(100);
    advance(500);
    shared.rooms.clear();
    advance(1000 * (2 * ClusterPresence.VERIFY_SECONDS + 5));
    assertAllAgree();
  }

  @Test
  void a_room_with_very_many_members_is_announced_in_parts() {
    scene(60);
    for (int i = 0; i < 5 * OwnMembers.MAX_PER_CALL; i++) {
      enter(0);
    }
    advance(500);
    assertAllAgree();
    shared.rooms.clear();
    stores.get(0).die();
    stores.get(0).comeBack();
    for (int i = 0; i < 100; i++) {
      leave(0);
    }
    nodesChanged();
    advance(12_000);
    assertAllAgree();
    assertEachEventOnce();
  }

  @Test
  void changes_that_come_together_are_told_together() {
    scene(70);
    shared.maxDelayMillis = 10;
    int before = bus.published;
    for (int i = 0; i < 500; i++) {
      enter(0);
    }
    advance(200);
    assertAllAgree();
    assertThat(bus.published - before).isLessThan(5);
  }

  @Test
  void a_room_that_nobody_watches_is_forgotten_after_a_while() {
    scene(80);
    Recorder recorder = new Recorder();
    RoomName other = new RoomName("other");
    Watch watch = nodes.get(0).watch(other, recorder, loops.get(0).loop());
    advance(100);
    assertThat(bus.consumers(other)).isEqualTo(1);
    watch.close();
    advance(1000 * (WatchedRoom.LINGER_SECONDS + 2));
    assertThat(bus.consumers(other)).isZero();
  }
}
