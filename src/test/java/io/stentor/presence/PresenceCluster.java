package io.stentor.presence;

import com.hazelcast.cluster.impl.MemberImpl;
import com.hazelcast.config.Config;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.instance.impl.HazelcastInstanceProxy;
import com.hazelcast.internal.cluster.impl.ClusterServiceImpl;
import io.stentor.cluster.ClusteredVertx;
import io.stentor.cluster.NodeWatcher;
import io.stentor.config.Config.Cluster;
import io.stentor.config.Config.Discovery;
import io.stentor.config.Config.Multicast;
import io.stentor.message.RoomName;
import io.stentor.support.Ports;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.internal.VertxInternal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;

/** Nodes of one cluster in this JVM that nobody else joins, each with its presence. */
final class PresenceCluster {
  private static final Duration SOON = Duration.ofSeconds(30);

  private final String name = "test-" + UUID.randomUUID();
  private final int port = Ports.freeRange();
  private final List<Node> nodes = new ArrayList<>();

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

  /** Starts one more. */
  Node join() {
    Cluster cluster =
        new Cluster(
            true,
            name,
            "127.0.0.1",
            port,
            0,
            Discovery.MEMBERS,
            IntStream.range(0, 3).mapToObj(i -> "127.0.0.1:" + (port + i)).toList(),
            new Multicast("224.2.2.3", 54327),
            "",
            5);
    Config config = ClusteredVertx.hazelcast(cluster);
    config.setProperty("hazelcast.partition.count", "31");
    config.setProperty("hazelcast.merge.first.run.delay.seconds", "2");
    config.setProperty("hazelcast.merge.next.run.delay.seconds", "2");
    ClusterPresence.configure(config);
    HazelcastInstance hazelcast = ClusteredVertx.join(config, UUID.randomUUID().toString());
    VertxOptions options = new VertxOptions().setEventLoopPoolSize(2);
    options.getEventBusOptions().setHost("127.0.0.1");
    Vertx vertx =
        PresenceContract.await(ClusteredVertx.vertx(Vertx.builder().with(options), hazelcast));
    ClusterPresence presence = new ClusterPresence(vertx, hazelcast, PresenceContract::isTracked);
    NodeWatcher.watch(hazelcast, presence::nodesChanged);
    Node node = new Node(hazelcast, vertx, presence);
    nodes.add(node);
    awaitWhole();
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
    return nodes.get(0).hazelcast.<String, RoomMembers>getMap(ClusterRegister.MAP).keySet();
  }

  /** Each takes the other for dead, as after a cut that lasted; they find each other again. */
  void split(Node one, Node two) {
    suspect(one, two);
    suspect(two, one);
    Awaitility.await()
        .atMost(SOON)
        .pollInterval(Duration.ofMillis(5))
        .until(() -> isAlone(one) && isAlone(two));
  }

  private static void suspect(Node node, Node of) {
    ClusterServiceImpl service =
        ((HazelcastInstanceProxy) node.hazelcast).getOriginal().node.getClusterService();
    MemberImpl suspected = service.getMember(of.hazelcast.getLocalEndpoint().getUuid());
    service.suspectMember(suspected, "the test splits the cluster", true);
  }

  private static boolean isAlone(Node node) {
    return node.hazelcast.getCluster().getMembers().size() == 1;
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
