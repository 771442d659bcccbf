package io.stentor.history.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.core.HazelcastInstance;
import io.stentor.history.History;
import io.stentor.history.ListsContract;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Lists of a cluster, on real members in this JVM. */
class ClusterListsIT extends ListsContract {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final Members SHARED = new Members();

  @BeforeAll
  static void start() {
    SHARED.join();
    SHARED.join();
  }

  @AfterAll
  static void stop() {
    SHARED.killAll();
  }

  @Override
  public History history() {
    return new ClusterHistory(SHARED.other(SHARED.owner(room)));
  }

  @Test
  void asking_keeps_no_log_from_expiring() {
    Members members = new Members();
    try {
      HazelcastInstance member = members.join();
      ClusterHistory history = new ClusterHistory(member);
      await(history.append(room, batch("a"), LIMITS));
      NOW.addAndGet(1000L * (LIMITS.ageSeconds() + 60) + 1);
      assertThat(await(history.names("", null, 10))).containsExactly(room.value());
      assertThat(await(history.summaries(List.of(room)))).hasSize(1);
      history.expire(1000);
      Awaitility.await()
          .atMost(SOON)
          .pollInterval(Duration.ofMillis(100))
          .until(() -> await(history.summaries(List.of(room))).isEmpty());
    } finally {
      members.killAll();
    }
  }

  @Test
  void the_rooms_of_a_member_that_died_are_found_on_the_other() {
    Members members = new Members();
    try {
      members.join();
      members.join();
      HazelcastInstance owner = members.owner(room);
      HazelcastInstance other = members.other(owner);
      History history = new ClusterHistory(other);
      await(history.append(room, batch("a"), LIMITS));
      members.kill(owner);
      Awaitility.await()
          .atMost(SOON)
          .ignoreExceptions()
          .until(() -> await(history.names("", null, 10)), List.of(room.value())::equals);
      Awaitility.await()
          .atMost(SOON)
          .ignoreExceptions()
          .until(() -> await(history.summaries(List.of(room))).size() == 1);
    } finally {
      members.killAll();
    }
  }
}
