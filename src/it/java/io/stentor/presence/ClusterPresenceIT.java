package io.stentor.presence;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.message.RoomName;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Presence on real members of a cluster in this JVM. */
class ClusterPresenceIT extends PresenceContract {
  private static final PresenceCluster SHARED = new PresenceCluster();
  private static PresenceCluster.Node here;
  private static PresenceCluster.Node there;

  @BeforeAll
  static void start() {
    here = SHARED.join();
    there = SHARED.join();
  }

  @AfterAll
  static void stop() {
    SHARED.killAll();
  }

  @Override
  Presence here() {
    return here.presence();
  }

  @Override
  Presence there() {
    return there.presence();
  }

  @Test
  void nothing_is_kept_of_rooms_that_all_have_left() {
    for (int i = 0; i < 100; i++) {
      here().enter(new RoomName("left-" + i), member("a", ""));
    }
    eventually(() -> assertThat(await(there().rooms("left-", null, 100))).hasSize(100));
    for (int i = 0; i < 100; i++) {
      here().leave(new RoomName("left-" + i), "a");
    }
    eventually(() -> assertThat(await(there().rooms("left-", null, 100))).isEmpty());
    assertThat(SHARED.keys()).noneMatch(name -> name.startsWith("left-"));
  }

  /** Each of these needs members that it may kill. */
  @Nested
  class WhenNodesComeAndGo {
    private final PresenceCluster cluster = new PresenceCluster();

    @AfterEach
    void end() {
      cluster.killAll();
    }

    private List<String> connections(PresenceCluster.Node node) {
      return await(node.presence().members(room, null, 1000)).members().stream()
          .map(member -> member.connection())
          .toList();
    }

    @Test
    void members_of_a_node_that_died_leave_once_and_the_others_stay() {
      final PresenceCluster.Node one = cluster.join();
      final PresenceCluster.Node two = cluster.join();
      PresenceCluster.Node three = cluster.join();
      one.presence().enter(room, member("a1", "ann"));
      three.presence().enter(room, member("c1", "ann"));
      three.presence().enter(room, member("c2", ""));
      Recorder first = one.watch(room);
      Recorder second = two.watch(room);
      eventually(() -> assertThat(first.there()).containsExactly("a1", "c1", "c2"));
      eventually(() -> assertThat(second.there()).containsExactly("a1", "c1", "c2"));
      cluster.kill(three);
      eventually(() -> assertThat(connections(one)).containsExactly("a1"));
      eventually(() -> assertThat(connections(two)).containsExactly("a1"));
      eventually(() -> assertThat(first.there()).containsExactly("a1"));
      eventually(() -> assertThat(second.there()).containsExactly("a1"));
      for (Recorder recorder : List.of(first, second)) {
        assertThat(recorder.impossible).isEmpty();
        assertThat(recorder.changes().stream().filter(event -> event.startsWith("-")))
            .containsExactlyInAnyOrder("-c1", "-c2");
      }
    }

    @Test
    void members_of_a_node_that_goes_in_peace_leave_at_once() {
      PresenceCluster.Node one = cluster.join();
      PresenceCluster.Node two = cluster.join();
      for (int i = 0; i < 500; i++) {
        two.presence().enter(new RoomName("peace-" + i), member("c", ""));
      }
      eventually(() -> assertThat(await(one.presence().rooms("peace", null, 1000))).hasSize(500));
      await(two.presence().close());
      assertThat(await(one.presence().rooms("peace", null, 1000))).isEmpty();
      two.presence().enter(room, member("late", ""));
      one.presence().enter(room, member("a", ""));
      eventually(() -> assertThat(connections(one)).containsExactly("a"));
    }

    @Test
    void a_split_that_heals_leaves_no_ghosts_and_nobody_is_missing() {
      PresenceCluster.Node one = cluster.join();
      PresenceCluster.Node two = cluster.join();
      one.presence().enter(room, member("a1", ""));
      one.presence().enter(room, member("a2", ""));
      two.presence().enter(room, member("b1", ""));
      two.presence().enter(room, member("b2", ""));
      final Recorder first = one.watch(room);
      final Recorder second = two.watch(room);
      eventually(() -> assertThat(second.there()).containsExactly("a1", "a2", "b1", "b2"));
      cluster.split(one, two);
      eventually(() -> assertThat(connections(one)).containsExactly("a1", "a2"));
      eventually(() -> assertThat(connections(two)).containsExactly("b1", "b2"));
      eventually(() -> assertThat(first.there()).containsExactly("a1", "a2"));
      eventually(() -> assertThat(second.there()).containsExactly("b1", "b2"));
      one.presence().leave(room, "a1");
      two.presence().leave(room, "b1");
      two.presence().enter(room, member("b3", ""));
      cluster.awaitWhole();
      for (PresenceCluster.Node node : List.of(one, two)) {
        eventually(() -> assertThat(connections(node)).containsExactly("a2", "b2", "b3"));
      }
      eventually(() -> assertThat(first.there()).containsExactly("a2", "b2", "b3"));
      eventually(() -> assertThat(second.there()).containsExactly("a2", "b2", "b3"));
      assertThat(first.impossible).isEmpty();
      assertThat(second.impossible).isEmpty();
      assertThat(first.changes()).doesNotContain("-a2").containsOnlyOnce("-b1", "-b2", "+b3");
      assertThat(second.changes()).doesNotContain("-b2", "-b3").containsOnlyOnce("-a1", "-a2");
    }
  }
}
