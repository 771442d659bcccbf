package io.stentor.history.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.core.HazelcastInstance;
import io.stentor.history.Appended;
import io.stentor.history.Batch;
import io.stentor.history.History;
import io.stentor.history.HistoryContract;
import io.stentor.history.Page;
import io.stentor.history.RoomLog;
import io.stentor.message.Position;
import io.stentor.message.RoomName;
import io.stentor.support.FaultyBackups;
import io.stentor.support.Suspicion;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The logs of a cluster, on real members in this JVM. */
class ClusterHistoryIT extends HistoryContract {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final Members SHARED = new Members();

  private static ClusterHistory on(HazelcastInstance member) {
    return new ClusterHistory(member);
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
  public History history() {
    return on(SHARED.other(SHARED.owner(room)));
  }

  @Override
  protected void expire() {
    ClusterHistory of = on(SHARED.owner(room));
    boolean unused = isUnused(SHARED.owner(room));
    of.expire(1000);
    if (unused) {
      Awaitility.await().atMost(SOON).until(() -> await(of.summaries(List.of(room))).isEmpty());
      Awaitility.await().atMost(SOON).until(() -> log(SHARED.other(SHARED.owner(room))) == null);
    } else {
      // The same threads have looked at the partition before they answer this.
      await(of.summaries(List.of(room)));
    }
  }

  private boolean isUnused(HazelcastInstance member) {
    RoomLog log = Objects.requireNonNull(log(member));
    return log.isUnused(HistoryContext.of(member).clock().getAsLong());
  }

  /** The log or its copy on a member. */
  private @Nullable RoomLog log(HazelcastInstance member) {
    return Members.log(member, room);
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
    private HazelcastInstance owner;
    private HazelcastInstance other;

    @AfterEach
    void end() {
      members.killAll();
    }

    /** Starts two members: the owner of the room, and the other, which has the copy. */
    private void startTwo() {
      members.join();
      members.join();
      findOwner();
    }

    private void findOwner() {
      owner = members.owner(room);
      other = members.other(owner);
    }

    @Test
    void what_was_acknowledged_is_on_the_other_member_at_the_same_positions() {
      startTwo();
      List<String> sent = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        await(on(i % 2 == 0 ? owner : other).append(room, batch("m" + i), LIMITS));
        sent.add("m" + i);
      }
      final long epoch = await(on(other).read(room, Position.NONE, 0, 0, LIMITS)).epoch();
      members.kill(owner);
      Page page = eventually(other);
      assertThat(texts(page)).isEqualTo(sent);
      assertThat(page.continues(new Position(epoch, 200))).isTrue();
      assertThat(page.top()).isEqualTo(200);
    }

    @Test
    void a_batch_that_comes_again_after_its_owner_died_is_not_appended_twice() {
      startTwo();
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
      startTwo();
      await(on(other).append(room, batch("a", "b"), LIMITS));
      final long epoch = await(on(other).removeAll(room, LIMITS)).epoch();
      await(on(owner).append(room, batch("c"), LIMITS));
      members.kill(owner);
      Page page = eventually(other);
      assertThat(texts(page)).containsExactly("c");
      assertThat(page.continues(new Position(epoch, 2))).isTrue();
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
      findOwner();
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
    void a_read_behind_a_lost_step_brings_the_copy_what_it_lacks() {
      startTwo();
      await(on(owner).append(room, batch("acknowledged"), LIMITS));
      FaultyBackups faults = FaultyBackups.on(other, 1);
      faults.loseNext(1);
      Future<Appended> unanswered = on(owner).append(room, batch("lost on the way"), LIMITS);
      Awaitility.await().atMost(SOON).until(() -> faults.lost() == 1);
      Page page = await(on(owner).read(room, Position.NONE, 100, 1000, LIMITS));
      assertThat(texts(page)).containsExactly("acknowledged", "lost on the way");
      members.kill(owner);
      assertThat(texts(eventually(other))).isEqualTo(texts(page));
      assertThat(unanswered.succeeded()).isFalse();
    }

    @Test
    void a_copy_that_lacks_something_asks_for_it_and_confirms_nothing_before() {
      members.backupTimeoutMillis = 3000;
      startTwo();
      await(on(owner).append(room, batch("acknowledged"), LIMITS));
      FaultyBackups faults = FaultyBackups.on(other, 1);
      faults.loseNext(1);
      on(owner).append(room, batch("given up"), LIMITS);
      Awaitility.await().atMost(SOON).until(() -> faults.lost() == 1);
      // The same appender goes on, as if it had been answered.
      append(on(owner), batch("next"));
      members.kill(owner);
      assertThat(texts(eventually(other))).containsExactly("acknowledged", "given up", "next");
    }

    @Test
    void nothing_acknowledged_is_lost_or_doubled_when_steps_are_lost_late_and_repeated()
        throws InterruptedException {
      members.backupTimeoutMillis = 1000;
      startTwo();
      FaultyBackups.on(other, 7).percentOfEach(10);
      int appenders = 4;
      Set<String> acknowledged = ConcurrentHashMap.newKeySet();
      ExecutorService pool = Executors.newFixedThreadPool(appenders);
      for (int a = 0; a < appenders; a++) {
        HazelcastInstance from = a % 2 == 0 ? owner : other;
        long name = appender + 1 + a;
        pool.execute(
            () -> {
              for (int i = 1; i <= 40; i++) {
                String text = name + "-" + i;
                append(on(from), new Batch(name, i, publications(text)));
                acknowledged.add(text);
                eventually(from);
              }
            });
      }
      pool.shutdown();
      assertThat(pool.awaitTermination(120, TimeUnit.SECONDS)).isTrue();
      members.kill(owner);
      assertThat(texts(eventually(other)))
          .hasSize(40 * appenders)
          .containsExactlyInAnyOrderElementsOf(acknowledged);
    }

    @Test
    void neither_clock_matters_when_a_log_moves() {
      startTwo();
      final long epoch = append(on(owner), batch("a")).epoch();
      NOW.addAndGet(200_000);
      append(on(owner), batch("b"));
      members.kill(owner);
      on(other).expire(1000);
      NOW.addAndGet(100_000);
      assertThat(texts(eventually(other))).containsExactly("a", "b");
      NOW.addAndGet(1);
      Page page = eventually(other);
      assertThat(texts(page)).containsExactly("b");
      assertThat(page.continues(new Position(epoch, 1))).isTrue();
    }

    @Test
    void the_log_of_a_node_that_stays_forks_where_a_client_of_the_dead_node_stands() {
      startTwo();
      long epoch = append(on(other), batch("a", "b")).epoch();
      members.kill(other);
      Page page = eventually(owner);
      assertThat(page.continues(new Position(epoch, 2))).isTrue();
      assertThat(append(on(owner), batch("c")).first()).isEqualTo(3);
    }

    @Test
    void no_position_means_two_messages_while_a_cluster_is_split() {
      HazelcastInstance one = members.join();
      HazelcastInstance two = members.join();
      append(on(one), batch("common"));
      Suspicion.split(one, two);
      Appended ones = append(on(one), batch("1a", "1b"));
      Appended twos = append(on(two), new Batch(appender + 1, 1, batch("2a", "2b").publications()));
      assertThat(ones.epoch()).isNotEqualTo(twos.epoch());
      Page there = eventually(two);
      assertThat(there.includes(new Position(ones.epoch(), 3))).isFalse();
      assertThat(there.includes(new Position(twos.epoch(), 3))).isTrue();
      members.awaitWhole();
    }

    @Test
    void a_side_without_a_majority_only_reads_if_it_is_to_refuse_messages() {
      members.refuseOnMinority = true;
      HazelcastInstance eldest = members.join();
      HazelcastInstance other = members.join();
      long epoch = append(on(eldest), batch("common")).epoch();
      Suspicion.split(eldest, other);
      append(on(eldest), batch("more"));
      Page page = eventually(other);
      assertThat(texts(page)).containsExactly("common");
      assertThat(page.continues(new Position(epoch, 1))).isTrue();
      assertThat(on(other).isWritable()).isFalse();
      assertThat(on(other).append(room, batch("refused"), LIMITS).cause())
          .isInstanceOf(History.UnwritableException.class);
      members.awaitWhole();
      append(on(other), batch("accepted"));
      Page whole = eventually(other);
      assertThat(texts(whole)).containsExactly("common", "more", "accepted");
      assertThat(whole.epoch()).as("there is one history").isEqualTo(epoch);
    }

    /** A node joins the other side a second or so before its logs are merged into those there. */
    @Test
    void a_reader_on_the_side_that_merges_is_told_of_no_loss_before() {
      for (int i = 0; i < 3; i++) {
        members.join();
      }
      append(on(members.all.get(0)), batch("common"));
      HazelcastInstance alone = members.owner(room);
      List<HazelcastInstance> rest = members.all.stream().filter(one -> one != alone).toList();
      History one = on(rest.get(0));
      final History other = on(alone);
      Suspicion.cutOff(alone, rest);
      append(one, batch("1"));
      append(other, new Batch(appender + 1, 1, batch("2").publications()));
      Position common = new Position(eventually(alone).epoch(), 1);
      Awaitility.await()
          .atMost(SOON)
          .pollInterval(Duration.ofMillis(5))
          .until(() -> isMerged(other, common));
    }

    /** Reads as a reader in the common past does, which must not be told of a loss. */
    private boolean isMerged(History history, Position common) {
      Future<Page> read = history.read(room, common, 100, 1000, LIMITS);
      Awaitility.await().atMost(SOON).until(read::isComplete);
      Page page = read.result();
      if (page != null) {
        assertThat(page.includes(common)).as("%s is in the past of %s", common, page).isTrue();
      }
      return page != null && page.top() == 3;
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
      Suspicion.split(one, two);
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
        assertThat(eventually(member, quiet).continues(new Position(quietEpoch, 1))).isTrue();
        assertThat(texts(eventually(member, oneSided))).containsExactly("o1", "o2");
        assertThat(eventually(member, oneSided).continues(new Position(oneSidedEpoch, 1))).isTrue();
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

  @Test
  void a_reader_that_is_ahead_of_the_log_waits_for_it() {
    append(LIMITS, "a");
    Position ahead = new Position(all(LIMITS).epoch(), 2);
    Future<Page> read = history().read(room, ahead, ALL, 1000, LIMITS);
    append(LIMITS, "b", "c");
    Page page = await(read);
    assertThat(page.continues(ahead)).isTrue();
    assertThat(texts(page)).containsExactly("c");
  }
}
