package io.stentor.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.cluster.ClusterState;
import com.hazelcast.config.Config;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.instance.impl.HazelcastInstanceProxy;
import com.hazelcast.internal.cluster.impl.ClusterServiceImpl;
import io.stentor.cluster.Quorum.Side;
import io.stentor.config.TestConfig;
import io.stentor.support.Ports;
import io.stentor.support.Suspicion;
import io.stentor.support.Warnings;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which nodes keep the id of their side, on real members in this JVM. */
class QuorumIT {
  private static final Duration SOON = Duration.ofSeconds(30);

  private final String name = "test-" + UUID.randomUUID();
  private final int port = Ports.freeRange();

  /** The eldest first. */
  private final List<Node> nodes = new ArrayList<>();

  private record Node(HazelcastInstance hazelcast, ClusterServiceImpl cluster, Quorum quorum) {

    @Nullable Side side() {
      Side side = quorum.side();
      return side == null ? null : new Side(side.id(), 0, side.majority());
    }

    boolean sees(int count) {
      return cluster.getSize() == count;
    }

    void suspect(Node other) {
      Suspicion.suspect(hazelcast, other.hazelcast);
    }

    /** As kill -9 does it, as far as a JVM can: nobody is told. */
    void kill() {
      hazelcast.getLifecycleService().terminate();
    }
  }

  @AfterEach
  void end() {
    nodes.forEach(Node::kill);
  }

  private Config config() {
    Config config = ClusteredVertx.hazelcast(TestConfig.cluster(name, port, 3));
    config.setProperty("hazelcast.partition.count", "31");
    config.setProperty("hazelcast.merge.first.run.delay.seconds", "5");
    config.setProperty("hazelcast.merge.next.run.delay.seconds", "2");
    return config;
  }

  /** Joins nodes until there are so many, and returns what all agree on. */
  private Side join(int count) {
    while (nodes.size() < count) {
      HazelcastInstance hazelcast = ClusteredVertx.join(config(), UUID.randomUUID().toString());
      ClusterServiceImpl cluster =
          ((HazelcastInstanceProxy) hazelcast).getOriginal().node.getClusterService();
      nodes.add(new Node(hazelcast, cluster, Objects.requireNonNull(Quorum.of(hazelcast))));
    }
    return agreed(nodes);
  }

  /** Returns what these nodes agree on, once they see exactly each other. */
  private static Side agreed(List<Node> side) {
    Awaitility.await()
        .atMost(SOON)
        .pollInterval(Duration.ofMillis(2))
        .until(
            () ->
                side.stream()
                    .allMatch(
                        node ->
                            node.sees(side.size())
                                && node.side() != null
                                && node.side().equals(side.get(0).side())));
    return Objects.requireNonNull(side.get(0).side());
  }

  private Side agreedWithout(Node killed) {
    nodes.remove(killed);
    killed.kill();
    return agreed(nodes);
  }

  /** Hazelcast freezes a cluster while a part of it merges into another. */
  @Test
  void a_node_that_starts_while_others_merge_joins_after_it() {
    Side side = join(1);
    nodes.get(0).hazelcast.getCluster().changeClusterState(ClusterState.FROZEN);
    try (Warnings warnings = new Warnings()) {
      CompletableFuture<Side> joined = CompletableFuture.supplyAsync(() -> join(2));
      Awaitility.await()
          .atMost(SOON)
          .until(() -> warnings.lines().toString().contains("takes no nodes at the moment"));
      nodes.get(0).hazelcast.getCluster().changeClusterState(ClusterState.ACTIVE);
      assertThat(joined.orTimeout(30, TimeUnit.SECONDS).join()).isEqualTo(side);
    }
  }

  @Test
  void nodes_that_join_get_the_id_of_the_others() {
    Side alone = join(1);
    assertThat(alone.majority()).isTrue();
    assertThat(join(2)).isEqualTo(alone);
    assertThat(join(3)).isEqualTo(alone);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void any_of_three_that_dies_changes_nothing(int index) {
    Side before = join(3);
    assertThat(agreedWithout(nodes.get(index))).isEqualTo(before);
    assertThat(join(3)).isEqualTo(before);
  }

  @Test
  void the_elder_of_two_goes_on_after_the_younger_died() {
    Side before = join(2);
    assertThat(agreedWithout(nodes.get(1))).isEqualTo(before);
  }

  @Test
  void the_younger_of_two_forks_after_the_elder_died_and_is_no_majority_until_another_joins() {
    Side before = join(2);
    Side alone = agreedWithout(nodes.get(0));
    assertThat(alone.id()).isNotEqualTo(before.id());
    assertThat(alone.majority()).isFalse();
    assertThat(join(2)).isEqualTo(new Side(alone.id(), 0, true));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void any_of_two_that_leaves_changes_nothing(int index) throws Exception {
    Side before = join(2);
    Node leaver = nodes.remove(index);
    leaver.quorum.leave().await(2, TimeUnit.SECONDS);
    assertThat(leaver.side()).isEqualTo(before);
    leaver.hazelcast.shutdown();
    assertThat(agreed(nodes)).isEqualTo(before);
  }

  @Test
  void all_can_leave_at_once_and_the_last_one_alone() throws Exception {
    join(3);
    Future<?> left = Future.all(nodes.stream().map(node -> node.quorum.leave()).toList());
    left.await(2, TimeUnit.SECONDS);
    nodes.get(2).kill();
    nodes.get(1).kill();
    agreed(nodes.subList(0, 1));
    nodes.get(0).quorum.leave().await(1, TimeUnit.SECONDS);
  }

  /** The others remove the single node; it learns that and loses them one after the other. */
  @ParameterizedTest
  @ValueSource(ints = {0, 2})
  void of_three_the_one_that_is_cut_off_forks_until_the_split_heals(int index) {
    Side before = join(3);
    Node single = nodes.get(index);
    List<Node> others = nodes.stream().filter(node -> node != single).toList();
    AtomicInteger changes = new AtomicInteger();
    others.get(0).quorum.onChange(changes::incrementAndGet);
    others.forEach(node -> node.suspect(single));
    Side cutOff = agreed(List.of(single));
    assertThat(cutOff.id()).isNotEqualTo(before.id());
    assertThat(cutOff.majority()).isFalse();
    assertThat(agreed(others)).isEqualTo(before);
    assertThat(changes).hasPositiveValue();
    assertThat(agreed(nodes)).isEqualTo(before);
  }

  @Test
  void the_one_that_loses_two_nodes_one_after_the_other_forks() {
    final Side before = join(3);
    Node single = nodes.get(0);
    nodes.remove(2).kill();
    single.suspect(nodes.get(1));
    Side cutOff = agreed(List.of(single));
    assertThat(cutOff.majority()).isFalse();
    assertThat(cutOff.id()).isNotEqualTo(before.id());
  }

  @Test
  void a_node_that_dies_while_the_others_agree_on_it_does_not_hold_them_up() {
    Side before = join(2);
    Set<HazelcastInstance> both = Set.of(nodes.get(0).hazelcast, nodes.get(1).hazelcast);
    nodes
        .get(1)
        .quorum
        .onChange(
            () -> {
              for (HazelcastInstance joined : Hazelcast.getAllHazelcastInstances()) {
                if (joined.getConfig().getClusterName().equals(name) && !both.contains(joined)) {
                  joined.getLifecycleService().terminate();
                  throw new IllegalStateException("the test loses the answer");
                }
              }
            });
    Thread joining = new Thread(() -> ClusteredVertx.join(config(), UUID.randomUUID().toString()));
    joining.start();
    Awaitility.await().atMost(SOON).until(() -> nodes.get(0).sees(3));
    assertThat(agreed(nodes)).isEqualTo(before);
  }

  @Test
  void nothing_is_agreed_from_the_moment_at_which_a_member_is_gone() {
    Side before = join(2);
    Node survivor = nodes.get(1);
    UUID elder = nodes.get(0).cluster.getThisUuid();
    nodes.remove(0).kill();
    while (survivor.cluster.getMember(elder) != null) {
      Thread.onSpinWait();
    }
    Side since = survivor.side();
    assertThat(since == null || since.id() != before.id()).isTrue();
  }
}
