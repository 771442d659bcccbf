package io.stentor.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.hazelcast.config.Config;
import com.hazelcast.core.HazelcastInstance;
import io.stentor.config.TestConfig;
import io.stentor.support.Ports;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which versions form a cluster, and what they write, on real members in this JVM. */
class WireVersionIT {
  private static final int NEWER = WireVersion.NEWEST + 1;

  private final String name = "test-" + UUID.randomUUID();
  private final int port = Ports.freeRange();
  private final List<HazelcastInstance> nodes = new ArrayList<>();

  @AfterEach
  void end() {
    nodes.forEach(node -> node.getLifecycleService().terminate());
  }

  private Config config() {
    Config config = ClusteredVertx.hazelcast(TestConfig.cluster(name, port, 3));
    config.setProperty("hazelcast.partition.count", "31");
    return config;
  }

  /** Starts a node that announces other versions than this build knows. */
  private WireVersion join(String known) {
    Config config = config();
    config.getMemberAttributeConfig().setAttribute(WireVersion.ATTRIBUTE, known);
    return join(config);
  }

  private WireVersion join(Config config) {
    nodes.add(ClusteredVertx.join(config, UUID.randomUUID().toString()));
    return WireVersion.of(config);
  }

  private int size(int node) {
    return nodes.get(node).getCluster().getMembers().size();
  }

  @Test
  void nodes_of_one_build_write_its_newest_version() {
    WireVersion first = join(config());
    WireVersion second = join(config());
    assertThat(first.current()).isEqualTo(WireVersion.NEWEST);
    assertThat(second.current()).isEqualTo(WireVersion.NEWEST);
  }

  @Test
  void a_cluster_writes_the_newest_version_that_all_its_nodes_know() {
    WireVersion first = join(config());
    WireVersion newer = join(WireVersion.OLDEST + "-" + NEWER);
    assertThat(newer.current()).isEqualTo(WireVersion.NEWEST);
    join("0-" + WireVersion.OLDEST);
    assertThat(first.current()).isEqualTo(WireVersion.OLDEST);
    assertThat(newer.current()).isEqualTo(WireVersion.OLDEST);
    nodes.remove(2).shutdown();
    Awaitility.await().until(() -> size(0) == 2 && size(1) == 2);
    assertThat(first.current()).isEqualTo(WireVersion.NEWEST);
    assertThat(newer.current()).isEqualTo(WireVersion.NEWEST);
  }

  @Test
  void a_node_without_a_common_version_is_refused_and_harms_nobody() {
    join(config());
    assertThatThrownBy(() -> join(NEWER + "-" + (NEWER + 1)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "a node that speaks versions %d to %d between nodes cannot join a cluster that speaks"
                    .formatted(NEWER, NEWER + 1)
                + " %s; upgrade in smaller steps, or stop all nodes first".formatted(own()));
    assertThat(size(0)).isEqualTo(1);
    join(config());
    assertThat(size(0)).isEqualTo(2);
  }

  @Test
  void a_node_of_a_build_without_versions_is_refused() {
    join(config());
    Config unversioned = config();
    unversioned.getMemberAttributeConfig().removeAttribute(WireVersion.ATTRIBUTE);
    assertThatThrownBy(() -> join(unversioned))
        .hasMessageContaining("a node that speaks no announced version between nodes cannot join");
    assertThat(size(0)).isEqualTo(1);
  }

  private static String own() {
    return WireVersion.OLDEST == WireVersion.NEWEST
        ? "version " + WireVersion.NEWEST
        : "versions " + WireVersion.OLDEST + " to " + WireVersion.NEWEST;
  }
}
