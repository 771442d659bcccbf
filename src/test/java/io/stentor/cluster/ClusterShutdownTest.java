package io.stentor.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.hazelcast.cluster.Cluster;
import com.hazelcast.cluster.Member;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceNotActiveException;
import com.hazelcast.map.IMap;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Which nodes notice that all of them stop, with a cluster and a clock of the test's own. */
class ClusterShutdownTest {
  private static final UUID SELF = new UUID(0, 1);
  private static final UUID OTHER = new UUID(0, 2);
  private static final UUID THIRD = new UUID(0, 3);

  private final Set<UUID> members = new LinkedHashSet<>(List.of(SELF, OTHER));
  private final Map<String, Boolean> stopping = new HashMap<>();

  /** What happens at each pause of the node that waits; after the last one, nothing. */
  private final List<Runnable> pauses = new ArrayList<>();

  private @Nullable RuntimeException fault;
  private long nanos = Long.MAX_VALUE - 1; // overflows while the node waits
  private long waitedNanos;

  private final ClusterShutdown stop = new ClusterShutdown(hazelcast(), () -> nanos, this::pause);

  private void pause(long pauseNanos) {
    nanos += pauseNanos;
    waitedNanos += pauseNanos;
    if (!pauses.isEmpty()) {
      pauses.remove(0).run();
    }
  }

  private static <T> T fake(Class<T> type, Map<String, Function<Object[], @Nullable Object>> does) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (self, method, arguments) -> {
              Function<Object[], @Nullable Object> what = does.get(method.getName());
              if (what == null) {
                throw new AssertionError("not expected: " + method.getName());
              }
              return what.apply(arguments);
            }));
  }

  private static Member member(UUID id) {
    return fake(Member.class, Map.of("getUuid", none -> id, "hashCode", none -> id.hashCode()));
  }

  private HazelcastInstance hazelcast() {
    IMap<?, ?> map =
        fake(
            IMap.class,
            Map.of("set", this::set, "setAsync", this::setAsync, "getAll", this::getAll));
    Cluster cluster =
        fake(
            Cluster.class,
            Map.of(
                "getLocalMember",
                none -> member(SELF),
                "getMembers",
                none ->
                    new LinkedHashSet<>(
                        members.stream().map(ClusterShutdownTest::member).toList())));
    return fake(
        HazelcastInstance.class, Map.of("getMap", name -> map, "getCluster", none -> cluster));
  }

  private @Nullable Object set(Object[] entry) {
    check();
    stopping.put((String) entry[0], (Boolean) entry[1]);
    return null;
  }

  private Object setAsync(Object[] entry) {
    set(entry);
    return CompletableFuture.completedFuture(null);
  }

  private Object getAll(Object[] keys) {
    check();
    Map<String, Boolean> found = new HashMap<>(stopping);
    found.keySet().retainAll((Set<?>) keys[0]);
    return found;
  }

  private void check() {
    if (fault != null) {
      throw fault;
    }
  }

  private void stops(UUID node, boolean done) {
    stopping.put(node.toString(), done);
  }

  private void fails() {
    fault = new HazelcastInstanceNotActiveException("it is shutting down");
  }

  @Test
  void a_node_that_stops_alone_does_not_wait() {
    assertThat(stop.await()).isFalse();
    assertThat(waitedNanos).isZero();
  }

  @Test
  void a_node_without_others_does_not_wait() {
    members.remove(OTHER);
    stops(OTHER, false);
    assertThat(stop.await()).isFalse();
    assertThat(waitedNanos).isZero();
  }

  @Test
  void it_counts_from_the_beginning_of_a_stop_and_ends_when_the_node_is_done() {
    stop.begin();
    assertThat(stopping).containsExactly(Map.entry(SELF.toString(), false));
    stop.await();
    assertThat(stopping).containsExactly(Map.entry(SELF.toString(), true));
  }

  @Test
  void if_all_stop_a_node_waits_until_the_others_are_done() {
    members.add(THIRD);
    stops(OTHER, false);
    stops(THIRD, false);
    pauses.add(() -> stops(OTHER, true));
    pauses.add(() -> stops(THIRD, true));
    pauses.add(() -> stops(THIRD, false)); // not looked at any more
    assertThat(stop.await()).isTrue();
    assertThat(pauses).hasSize(1);
  }

  @Test
  void if_one_of_three_goes_on_nobody_waits() {
    members.add(THIRD);
    stops(OTHER, true);
    assertThat(stop.await()).isFalse();
    assertThat(waitedNanos).isZero();
  }

  @Test
  void it_waits_ten_seconds_at_most() {
    stops(OTHER, false);
    assertThat(stop.await()).isTrue();
    assertThat(waitedNanos).isEqualTo(TimeUnit.SECONDS.toNanos(10));
  }

  @Test
  void a_node_that_joins_meanwhile_goes_on_without_those_that_stop() {
    stops(OTHER, false);
    pauses.add(() -> members.add(THIRD));
    assertThat(stop.await()).isFalse();
  }

  @Test
  void others_that_have_left_meanwhile_have_stopped_too() {
    stops(OTHER, false);
    pauses.add(() -> members.remove(OTHER));
    assertThat(stop.await()).isTrue();
    assertThat(pauses).isEmpty();
  }

  @Test
  void if_the_cluster_stops_to_answer_what_was_seen_before_counts() {
    stops(OTHER, false);
    pauses.add(this::fails);
    assertThat(stop.await()).isTrue();

    fails();
    assertThat(stop.await()).isFalse();
    assertThatCode(stop::begin).doesNotThrowAnyException();
  }
}
