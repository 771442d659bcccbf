package io.stentor.presence;

import com.hazelcast.config.Config;
import com.hazelcast.core.HazelcastInstance;
import io.stentor.cluster.ClusteredVertx;
import io.stentor.cluster.NodeWatcher;
import io.stentor.config.ClusterOptions;
import io.stentor.config.TestConfig;
import io.stentor.history.cluster.ClusterHistory;
import io.stentor.message.RoomName;
import io.stentor.support.ClusterOfProcesses;
import io.stentor.support.Ports;
import io.stentor.support.Suspicion;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.internal.VertxInternal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.awaitility.Awaitility;

/** Nodes of one cluster in this JVM that nobody else joins, each with its presence. */
final class PresenceCluster {
  private static final Duration SOON = Duration.ofSeconds(30);

  private static final int FEW_PARTITIONS = 31;

  private final String name;
  private final int port;

  /** 0 leaves it as it is everywhere else. */
  private final int partitions;

  private final List<Node> nodes = new ArrayList<>();

  /** A cluster of its own. */
  PresenceCluster() {
    this("test-" + UUID.randomUUID(), Ports.freeRange(), FEW_PARTITIONS);
  }

  private PresenceCluster(String name, int port, int partitions) {
    this.name = name;
    this.port = port;
    this.partitions = partitions;
  }

  /** A cluster that processes have begun. */
  static PresenceCluster of(ClusterOfProcesses processes) {
    return new PresenceCluster(processes.name(), processes.clusterPort(), 0);
  }

  /** A node. */
  record Node(HazelcastInstance hazelcast, Vertx vertx, ClusterPresence presence) {

    /** Watches on an event loop of the node and waits for the first snapshot. */
    Recorder watch(RoomName room) {
      Recorder recorder = new Recorder();
      presence.watch(room, recorder, ((VertxInternal) vertx).nettyEventLoopGroup().next());
      Awaitility.await().atMost(SOON).until(() -> !recorder.events().isEmpty());
      return recorder;
    }
  }

  /** Starts one more and waits until all see it. */
  Node join() {
    Node node = start();
    awaitWhole();
    return node;
  }

  /** Starts one more. */
  Node start() {
    ClusterOptions cluster = TestConfig.cluster(name, port, 3);
    Config config = ClusteredVertx.hazelcast(cluster);
    if (partitions > 0) {
      config.setProperty("hazelcast.partition.count", Integer.toString(partitions));
    }
    config.setProperty("hazelcast.merge.first.run.delay.seconds", "2");
    config.setProperty("hazelcast.merge.next.run.delay.seconds", "2");
    ClusterHistory.configure(config, System::currentTimeMillis, false, null);
    ClusterPresence.configure(config);
    HazelcastInstance hazelcast = ClusteredVertx.join(config, UUID.randomUUID().toString());
    VertxOptions options = new VertxOptions().setEventLoopPoolSize(2);
    options.getEventBusOptions().setHost("127.0.0.1");
    Vertx vertx =
        PresenceContract.await(
            ClusteredVertx.vertx(Vertx.builder().with(options), hazelcast, cluster));
    ClusterPresence presence = new ClusterPresence(vertx, hazelcast, PresenceContract::isTracked);
    NodeWatcher.watch(hazelcast, presence::nodesChanged);
    Node node = new Node(hazelcast, vertx, presence);
    nodes.add(node);
    return node;
  }

  void awaitWhole() {
    Awaitility.await().atMost(SOON).until(() -> nodes.stream().allMatch(this::seesAll));
    Awaitility.await()
        .atMost(SOON)
        .until(() -> nodes.get(0).hazelcast.getPartitionService().isClusterSafe());
  }

  private boolean seesAll(Node node) {
    return node.hazelcast.getCluster().getMembers().size() == nodes.size();
  }

  /** The names of all rooms that anything is kept of. */
  Set<String> keys() {
    return nodes.get(0).hazelcast.<String, RoomMembers>getMap(ClusterPresenceStore.MAP).keySet();
  }

  /** Each takes the other for dead, as after a cut that lasted; they find each other again. */
  void split(Node one, Node two) {
    Suspicion.split(one.hazelcast, two.hazelcast);
  }

  /** As kill -9 does it, as far as a JVM can: nothing is handed over. */
  void kill(Node node) {
    nodes.remove(node);
    node.hazelcast.getLifecycleService().terminate();
    node.vertx.close();
  }

  void killAll() {
    List.copyOf(nodes).forEach(this::kill);
  }
}
