package io.stentor.history;

import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.core.HazelcastInstance;
import io.stentor.message.Position;
import io.stentor.message.RoomName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The logs of a cluster, on real members in this JVM. */
class ClusterHistoryTest extends HistoryContract {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final Members SHARED = new Members();

  private static ClusterHistory on(HazelcastInstance member) {
    return new ClusterHistory(member, NOW::get);
  }

  @BeforeAll
  static void start() {
    SHARED.join();
    SHARED.join();
  }

  @AfterAll
  static void stop() {
    SHARED.killAll();
  }

  /** On the member that does not own the room, so that everything travels. */
  @Override
  History history() {
    return on(SHARED.other(SHARED.owner(room)));
  }

  @Test
  void both_members_have_the_same_log() {
    append(LIMITS, "a");
    await(on(SHARED.owner(room)).append(room, batch("b"), LIMITS));
    append(LIMITS, "c");
    Page here = all(LIMITS);
    Page there = await(on(SHARED.owner(room)).read(room, Position.NONE, 100, 1000, LIMITS));
    assertThat(texts(here)).containsExactly("a", "b", "c").isEqualTo(texts(there));
    assertThat(here.epoch()).isEqualTo(there.epoch());
  }

  /** Each of these needs members that it may kill. */
  @Nested
  class WhenMembersDie {
    private final Members members = new Members();

    @AfterEach
    void end() {
      members.killAll();
    }

    @Test
    void what_was_acknowledged_is_on_the_other_member_under_the_same_epoch() {
      members.join();
      members.join();
      HazelcastInstance owner = members.owner(room);
      HazelcastInstance other = members.other(owner);
      List<String> sent = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        await(on(i % 2 == 0 ? owner : other).append(room, batch("m" + i), LIMITS));
        sent.add("m" + i);
      }
      final long epoch = await(on(other).read(room, Position.NONE, 0, 0, LIMITS)).epoch();
      members.kill(owner);
      Page page = eventually(other);
      assertThat(texts(page)).isEqualTo(sent);
      assertThat(page.epoch()).isEqualTo(epoch);
      assertThat(page.top()).isEqualTo(200);
    }

    @Test
    void a_batch_that_comes_again_after_its_owner_died_is_not_appended_twice() {
      members.join();
      members.join();
      HazelcastInstance owner = members.owner(room);
      HazelcastInstance other = members.other(owner);
      await(on(other).append(room, batch("before"), LIMITS));
      Batch batch =
          new Batch(appender, 50, List.of(keyed("a", "k1"), keyed("b", "k2"), keyed("a", "k1")));
      final Appended first = await(on(owner).append(room, batch, LIMITS));
      Batch after = new Batch(appender + 1, 1, List.of(keyed("c", "k1"), keyed("d", "k4")));
      members.kill(owner);
      eventually(other);
      assertThat(await(on(other).append(room, batch, LIMITS))).isEqualTo(first);
      assertThat(await(on(other).append(room, after, LIMITS)).offsets(2)).containsExactly(2L, 4L);
      assertThat(texts(eventually(other))).containsExactly("before", "a", "b", "d");
    }

    @Test
    void what_was_removed_is_not_on_the_other_member_either() {
      members.join();
      members.join();
      HazelcastInstance owner = members.owner(room);
      HazelcastInstance other = members.other(owner);
      await(on(other).append(room, batch("a", "b"), LIMITS));
      final long epoch = await(on(other).removeAll(room, LIMITS)).epoch();
      await(on(owner).append(room, batch("c"), LIMITS));
      members.kill(owner);
      Page page = eventually(other);
      assertThat(texts(page)).containsExactly("c");
      assertThat(page.epoch()).isEqualTo(epoch);
      assertThat(page.top()).isEqualTo(3);
    }

    @Test
    void the_last_member_appends_alone_and_a_new_one_gets_its_copy() {
      HazelcastInstance alone = members.join();
      await(on(alone).append(room, batch("a"), LIMITS));
      members.join();
      Awaitility.await()
          .atMost(SOON)
          .ignoreExceptions()
          .untilAsserted(() -> await(on(alone).append(room, batch("b"), LIMITS)));
      HazelcastInstance owner = members.owner(room);
      HazelcastInstance other = members.other(owner);
      members.kill(owner);
      assertThat(texts(eventually(other))).startsWith("a").contains("b");
    }

    @Test
    void a_log_that_died_with_all_its_members_begins_anew_under_another_epoch() {
      HazelcastInstance first = members.join();
      members.join();
      long epoch = await(on(first).append(room, batch("a"), LIMITS)).epoch();
      members.killAll();
      HazelcastInstance later = members.join();
      Page page = eventually(later);
      assertThat(page.epoch()).isNotEqualTo(epoch);
      assertThat(page.top()).isZero();
    }

    @Test
    void a_log_in_use_expires_on_no_member_and_one_out_of_use_does() {
      members.maxIdleSeconds = 2;
      members.join();
      members.join();
      HazelcastInstance owner = members.owner(room);
      HazelcastInstance other = members.other(owner);
      RoomName unused = new RoomName("unused-" + room);
      await(on(owner).append(unused, batch("a"), LIMITS));
      final long epoch = await(on(owner).append(room, batch("a"), LIMITS)).epoch();
      Awaitility.await()
          .during(Duration.ofSeconds(5))
          .atMost(SOON)
          .pollInterval(Duration.ofMillis(200))
          .until(() -> texts(eventually(owner)), List.of("a")::equals);
      assertThat(owner.getMap(ClusterHistory.MAP).containsKey(unused.value())).isFalse();
      members.kill(owner);
      Page page = eventually(other);
      assertThat(texts(page)).containsExactly("a");
      assertThat(page.epoch()).isEqualTo(epoch);
    }

    @Test
    void logs_that_grew_apart_in_a_split_are_joined_under_a_new_epoch() {
      HazelcastInstance one = members.join();
      HazelcastInstance two = members.join();
      await(on(one).append(room, batch("common"), LIMITS));
      RoomName quiet = new RoomName("quiet-" + room);
      RoomName oneSided = new RoomName("one-sided-" + room);
      final long quietEpoch = await(on(one).append(quiet, batch("q"), LIMITS)).epoch();
      final long oneSidedEpoch = await(on(one).append(oneSided, batch("o1"), LIMITS)).epoch();
      members.split(one, two);
      Batch ones = batch("1a", "1b");
      Batch twos = new Batch(appender + 1, 1, batch("2a", "2b").publications());
      assertThat(append(on(one), ones).offsets(2)).containsExactly(2L, 3L);
      final long epoch = append(on(two), twos).epoch();
      append(on(two), oneSided, batch("o2"));
      members.awaitWhole();
      for (HazelcastInstance member : members.all) {
        Page page = eventually(member, room);
        assertThat(page.epoch()).isNotEqualTo(epoch);
        assertThat(texts(page))
            .startsWith("common")
            .containsExactlyInAnyOrder("common", "1a", "1b", "2a", "2b")
            .containsSubsequence("1a", "1b")
            .containsSubsequence("2a", "2b");
        assertThat(eventually(member, quiet).epoch()).isEqualTo(quietEpoch);
        assertThat(texts(eventually(member, oneSided))).containsExactly("o1", "o2");
        assertThat(eventually(member, oneSided).epoch()).isEqualTo(oneSidedEpoch);
      }
      List<String> texts = texts(eventually(one));
      assertThat(append(on(one), ones).offsets(2))
          .containsExactly(texts.indexOf("1a") + 1L, texts.indexOf("1b") + 1L);
      assertThat(append(on(one), twos).offsets(2))
          .containsExactly(texts.indexOf("2a") + 1L, texts.indexOf("2b") + 1L);
      assertThat(eventually(two).top()).isEqualTo(5);
    }

    private Appended append(History history, Batch batch) {
      return append(history, room, batch);
    }

    /** Appends as an appender does: the same batch again until it is answered. */
    private Appended append(History history, RoomName to, Batch batch) {
      return Awaitility.await()
          .atMost(SOON)
          .ignoreExceptions()
          .until(
              () -> HistoryContract.await(history.append(to, batch, LIMITS)),
              appended -> appended != null);
    }

    /** The page, once the members have settled after a change. */
    private Page eventually(HazelcastInstance member) {
      return eventually(member, room);
    }

    private Page eventually(HazelcastInstance member, RoomName of) {
      return Awaitility.await()
          .atMost(SOON)
          .ignoreExceptions()
          .until(
              () ->
                  HistoryContract.await(
                      on(member).read(of, Position.NONE, 10_000, 1_000_000, LIMITS)),
              page -> page != null);
    }
  }
}
