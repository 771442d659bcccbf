package io.stentor.cluster;

import com.hazelcast.config.JoinConfig;
import com.hazelcast.config.MapConfig;
import com.hazelcast.config.MultiMapConfig;
import com.hazelcast.config.NetworkConfig;
import com.hazelcast.core.HazelcastException;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.IndeterminateOperationStateException;
import io.netty.util.NetUtil;
import io.stentor.config.ClusterOptions;
import io.stentor.config.ClusterOptions.BusTlsOptions;
import io.stentor.config.HostPort;
import io.stentor.tls.Certificate;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxBuilder;
import io.vertx.core.VertxOptions;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.io.IOException;
import java.net.BindException;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** Creates a Vert.x that is one node of a cluster. */
public final class ClusteredVertx {

  /** Attribute of a member: the name of its node on the event bus. */
  static final String NODE_ID = "__vertx.nodeId";

  /** Number of ports that this node tries to listen on, from the configured one on. */
  private static final int PORTS = 100;

  /**
   * How long a node looks for the leader of a cluster before it becomes leader. Nodes that start at
   * the same moment wait this long for each other.
   */
  private static final int JOIN_SECONDS = 2;

  /**
   * How long Hazelcast waits for a connection. A lost first packet is sent again after one and
   * three seconds.
   */
  private static final int CONNECT_SECONDS = 5;

  /**
   * Number of heartbeats for which the same nodes must have lost each other before the leader,
   * which still reaches them, removes as few of them as possible.
   */
  private static final int PARTIAL_CUT_HEARTBEATS = 2;

  /** How long a part of a split cluster tries to join the node it has chosen. */
  private static final int MERGE_SECONDS = 5;

  /** Maximum number of attempts to register in the maps of the cluster. */
  private static final int MAX_TRIES = 40;

  private static final long RETRY_MILLIS = 250;

  private static final long MAX_BACKUP_WAIT_MILLIS = 10_000;

  private ClusteredVertx() {}

  /**
   * Returns the Hazelcast configuration of this node: members find each other, a dead one is
   * removed within seconds, and only configured addresses are listened on or called. Blocks for DNS
   * if members are configured by name.
   *
   * @param cluster as {@link ClusterHost#resolve} returns them
   */
  public static com.hazelcast.config.Config hazelcast(ClusterOptions cluster) {
    com.hazelcast.config.Config config = new com.hazelcast.config.Config();
    config.setClusterName(cluster.name());
    config
        .getSerializationConfig()
        .setJavaSerializationFilterConfig(JavaSerializationFilter.filter());
    properties(config, cluster);
    network(config.getNetworkConfig(), cluster);
    Quorum.configure(config);
    // The maps of vertx-hazelcast, as in its default configuration.
    config.addMultiMapConfig(
        new MultiMapConfig("__vertx.subs")
            .setBackupCount(1)
            .setValueCollectionType(MultiMapConfig.ValueCollectionType.SET));
    config.addMapConfig(new MapConfig("__vertx.haInfo").setBackupCount(1));
    config.addMapConfig(new MapConfig("__vertx.nodeInfo").setBackupCount(1));
    return config;
  }

  private static void properties(com.hazelcast.config.Config config, ClusterOptions cluster) {
    config
        .setProperty("hazelcast.logging.type", "slf4j")
        .setProperty("hazelcast.phone.home.enabled", "false")
        .setProperty("hazelcast.socket.bind.any", "false")
        .setProperty(
            "hazelcast.prefer.ipv4.stack",
            Boolean.toString(!NetUtil.isValidIpV6Address(cluster.host())))
        // This node controls its own shutdown.
        .setProperty("hazelcast.shutdownhook.enabled", "false")
        .setProperty("hazelcast.wait.seconds.before.join", "0")
        .setProperty("hazelcast.tcp.join.port.try.count", Integer.toString(ConfiguredMembers.PORTS))
        .setProperty("hazelcast.socket.connect.timeout.seconds", Integer.toString(CONNECT_SECONDS))
        .setProperty("hazelcast.heartbeat.interval.seconds", "1")
        .setProperty(
            "hazelcast.max.no.heartbeat.seconds",
            Integer.toString(cluster.failureDetectionSeconds()))
        // If two nodes lose contact with each other but reach all others, one of them leaves the
        // cluster until it reaches all nodes again; see CheckedJoiners.
        .setProperty(
            "hazelcast.partial.member.disconnection.resolution.heartbeat.count",
            Integer.toString(PARTIAL_CUT_HEARTBEATS))
        .setProperty("hazelcast.merge.first.run.delay.seconds", mergeDelaySeconds(cluster))
        .setProperty("hazelcast.merge.next.run.delay.seconds", mergeDelaySeconds(cluster))
        .setProperty("hazelcast.max.join.merge.target.seconds", Integer.toString(MERGE_SECONDS))
        // MemberSearch remembers former nodes, and tells Hazelcast only of those that answer.
        .setProperty("hazelcast.tcp.join.previously.joined.member.address.retention.seconds", "0")
        // An append whose backup did not answer fails and is retried. Otherwise "acknowledged"
        // would not mean "replicated".
        .setProperty("hazelcast.operation.fail.on.indeterminate.state", "true")
        .setProperty("hazelcast.operation.call.timeout.millis", "10000");
  }

  /** Pause between two searches for another part of the cluster. */
  private static String mergeDelaySeconds(ClusterOptions cluster) {
    return cluster.discovery() == ClusterOptions.Discovery.MEMBERS ? "1" : "5";
  }

  private static void network(NetworkConfig network, ClusterOptions cluster) {
    String host = cluster.host();
    boolean v6 = NetUtil.isValidIpV6Address(host);
    network.setPort(cluster.port()).setPortAutoIncrement(true).setPortCount(PORTS);
    network.getInterfaces().setEnabled(true).addInterface(host);
    network.setPublicAddress(v6 ? "[" + host + "]" : host);
    network.setReuseAddress(true);
    JoinConfig join = network.getJoin();
    join.getAutoDetectionConfig().setEnabled(false);
    join.getMulticastConfig().setEnabled(false);
    switch (cluster.discovery()) {
      case MEMBERS ->
          join.setTcpIpConfig(
              new MemberSearch.MemberList(new ConfiguredMembers(cluster))
                  .setEnabled(true)
                  .setConnectionTimeoutSeconds(JOIN_SECONDS));
      case MULTICAST ->
          join.getMulticastConfig()
              .setEnabled(true)
              .setMulticastGroup(cluster.multicast().group())
              .setMulticastPort(cluster.multicast().port());
      case KUBERNETES ->
          join.getKubernetesConfig()
              .setEnabled(true)
              .setProperty("service-dns", cluster.kubernetesServiceDns());
    }
  }

  /**
   * Joins the cluster, or starts one, and searches for other parts of it from then on. Blocks.
   *
   * @return the started Hazelcast instance
   */
  public static HazelcastInstance join(com.hazelcast.config.Config config, String nodeId) {
    config.getMemberAttributeConfig().setAttribute(NODE_ID, nodeId);
    try {
      HazelcastInstance hazelcast = MemberSearch.join(config);
      LeaderWatch.start(hazelcast);
      Quorum.start(hazelcast);
      return hazelcast;
    } catch (HazelcastException e) {
      if (e.getCause() instanceof BindException
          || String.valueOf(e.getMessage()).contains("bind")) {
        NetworkConfig network = config.getNetworkConfig();
        throw new IllegalStateException(
            "cannot listen on any port from %d to %d of %s (cluster.port): all are in use"
                .formatted(
                    network.getPort(), network.getPort() + PORTS - 1, network.getPublicAddress()),
            e);
      }
      throw e;
    }
  }

  /**
   * Creates a Vert.x on a Hazelcast instance that has joined. Its registration in the cluster's
   * maps fails while their partitions are moving, so it is retried a few times. Fails with a
   * readable message if the port of the event bus is in use.
   */
  public static Future<Vertx> vertx(
      VertxBuilder builder, HazelcastInstance hazelcast, ClusterOptions cluster) {
    return vertx(builder, hazelcast, MAX_TRIES)
        .recover(
            failure ->
                Future.failedFuture(
                    failure instanceof IOException // native sockets throw no BindException
                        ? new HostPort(cluster.host(), cluster.busPort())
                            .cannotListen(failure, "cluster.busPort")
                        : failure));
  }

  private static Future<Vertx> vertx(VertxBuilder builder, HazelcastInstance hazelcast, int tries) {
    return builder
        .withClusterManager(new HazelcastClusterManager(hazelcast))
        .buildClustered()
        .recover(
            failure ->
                tries > 1 && failure instanceof IndeterminateOperationStateException
                    ? later(() -> vertx(builder, hazelcast, tries - 1))
                    : Future.failedFuture(failure));
  }

  private static Future<Vertx> later(Supplier<Future<Vertx>> attempt) {
    Executor delayed = CompletableFuture.delayedExecutor(RETRY_MILLIS, TimeUnit.MILLISECONDS);
    return Future.fromCompletionStage(CompletableFuture.supplyAsync(attempt, delayed))
        .compose(started -> started);
  }

  /**
   * Waits until every partition has its backup, so that the other nodes can rely on this one when
   * it reports ready. Blocks, at most {@link #MAX_BACKUP_WAIT_MILLIS}.
   *
   * @return false on timeout
   */
  public static boolean awaitBackups(HazelcastInstance hazelcast) {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(MAX_BACKUP_WAIT_MILLIS);
    while (!hazelcast.getPartitionService().isClusterSafe()) {
      if (System.nanoTime() > end) {
        return false;
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
    }
    return true;
  }

  /** Configures the event bus: its own port, and connections that detect a dead peer in seconds. */
  public static VertxOptions withBus(VertxOptions options, ClusterOptions cluster) {
    long detectMillis = TimeUnit.SECONDS.toMillis(cluster.failureDetectionSeconds());
    EventBusOptions bus =
        new EventBusOptions()
            .setHost(cluster.host())
            .setPort(cluster.busPort())
            .setClusterPingInterval(Math.max(1000, detectMillis / 2))
            .setClusterPingReplyInterval(Math.max(1000, detectMillis / 2))
            .setConnectTimeout((int) detectMillis)
            .setTcpNoDelay(true);
    return options.setEventBusOptions(cluster.tls().isOn() ? encrypted(bus, cluster.tls()) : bus);
  }

  /** Both sides present a certificate of the same authorities; host names are not compared. */
  private static EventBusOptions encrypted(EventBusOptions bus, BusTlsOptions tls) {
    Certificate own = certificate(tls);
    return bus.setSsl(true)
        .setKeyCertOptions(own.options())
        .setTrustOptions(
            new PemTrustOptions()
                .addCertValue(
                    Certificate.authorities("cluster.tls.authorityFile", tls.authorityFile())))
        .setClientAuth(ClientAuth.REQUIRED)
        .setEnabledSecureTransportProtocols(Set.of("TLSv1.3"));
  }

  private static Certificate certificate(BusTlsOptions tls) {
    return Certificate.read("cluster.tls", tls.certificateFile(), tls.keyFile());
  }

  /**
   * Validates the TLS files of the event bus.
   *
   * @throws io.stentor.config.ConfigException if a file is not valid
   */
  public static void check(BusTlsOptions tls) {
    if (tls.isOn()) {
      certificate(tls);
      Certificate.authorities("cluster.tls.authorityFile", tls.authorityFile());
    }
  }
}
