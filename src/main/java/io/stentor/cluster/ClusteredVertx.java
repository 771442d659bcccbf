package io.stentor.cluster;

import com.hazelcast.config.JoinConfig;
import com.hazelcast.config.MapConfig;
import com.hazelcast.config.MultiMapConfig;
import com.hazelcast.config.NetworkConfig;
import com.hazelcast.core.Hazelcast;
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
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Makes a Vert.x that is one node of a cluster. */
public final class ClusteredVertx {

  /** How many ports from the first one on this node tries to listen on. */
  private static final int PORTS = 100;

  /**
   * On how many ports from the first one on a member that is given without a port is looked for.
   */
  private static final int JOIN_PORTS = 8;

  /**
   * How long a node looks for one that leads a cluster before it claims to lead one: what nodes
   * that start at the same moment wait for each other.
   */
  private static final int JOIN_SECONDS = 2;

  /** How often a node tries to write itself down in the maps of its cluster. */
  private static final int MOST_TRIES = 5;

  private static final long COPIES_MILLIS = 10_000;

  private ClusteredVertx() {}

  /**
   * The same options with {@code host} as an address of this machine, which is what the other
   * methods are to be given. May ask DNS.
   *
   * @throws io.stentor.config.ConfigException where the host is none
   */
  public static ClusterOptions resolved(ClusterOptions cluster) {
    return OwnHost.resolved(cluster);
  }

  /**
   * The Hazelcast configuration of this node: members find each other, a dead one is taken out in
   * seconds, and nothing but what is configured is listened on or called.
   */
  public static com.hazelcast.config.Config hazelcast(ClusterOptions cluster) {
    com.hazelcast.config.Config config = new com.hazelcast.config.Config();
    config.setClusterName(cluster.name());
    config.getSerializationConfig().setJavaSerializationFilterConfig(JavaObjects.filter());
    properties(config, cluster);
    network(config.getNetworkConfig(), cluster);
    // The maps of vertx-hazelcast, as its own default configuration has them.
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
        // This node orders its own leaving.
        .setProperty("hazelcast.shutdownhook.enabled", "false")
        .setProperty("hazelcast.wait.seconds.before.join", "0")
        .setProperty("hazelcast.tcp.join.port.try.count", Integer.toString(JOIN_PORTS))
        .setProperty("hazelcast.heartbeat.interval.seconds", "1")
        .setProperty(
            "hazelcast.max.no.heartbeat.seconds",
            Integer.toString(cluster.failureDetectionSeconds()))
        .setProperty("hazelcast.merge.first.run.delay.seconds", "5")
        .setProperty("hazelcast.merge.next.run.delay.seconds", "5")
        // An append whose backup did not answer fails, and is tried again: else "acknowledged"
        // would not mean "replicated".
        .setProperty("hazelcast.operation.fail.on.indeterminate.state", "true")
        .setProperty("hazelcast.operation.call.timeout.millis", "10000");
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
          join.getTcpIpConfig()
              .setEnabled(true)
              .setConnectionTimeoutSeconds(JOIN_SECONDS)
              .setMembers(
                  cluster.members().isEmpty()
                      ? List.of(v6 ? "[" + host + "]" : host)
                      : cluster.members());
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
   * Joins the cluster, or begins one.
   *
   * @return the Hazelcast instance, started; blocks while it joins
   */
  public static HazelcastInstance join(com.hazelcast.config.Config config, String nodeId) {
    config.getMemberAttributeConfig().setAttribute("__vertx.nodeId", nodeId);
    try {
      return Hazelcast.newHazelcastInstance(config);
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
   * Makes a Vert.x on a Hazelcast instance that has joined. It writes itself down in the cluster's
   * maps, which fails where their copies are moving at that moment; so it is tried a few times.
   * Fails with a message for people where the port of the event bus is in use.
   */
  public static Future<Vertx> vertx(
      VertxBuilder builder, HazelcastInstance hazelcast, ClusterOptions cluster) {
    return vertx(builder, hazelcast, MOST_TRIES)
        .recover(
            failure ->
                Future.failedFuture(
                    failure instanceof IOException // native sockets throw no BindException
                        ? new HostPort(cluster.host(), cluster.busPort()).cannotListen(failure)
                        : failure));
  }

  private static Future<Vertx> vertx(VertxBuilder builder, HazelcastInstance hazelcast, int tries) {
    return builder
        .withClusterManager(new HazelcastClusterManager(hazelcast))
        .buildClustered()
        .recover(
            failure ->
                tries > 1 && failure instanceof IndeterminateOperationStateException
                    ? vertx(builder, hazelcast, tries - 1)
                    : Future.failedFuture(failure));
  }

  /**
   * Waits until every log has its copy again, so that this node counts for the others from the
   * moment that it calls itself ready. Blocks, at most {@link #COPIES_MILLIS}.
   *
   * @return false when the time was up
   */
  public static boolean awaitCopies(HazelcastInstance hazelcast) {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(COPIES_MILLIS);
    while (!hazelcast.getPartitionService().isClusterSafe()) {
      if (System.nanoTime() > end) {
        return false;
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
    }
    return true;
  }

  /** The event bus of a node: its own port, and connections that notice a dead peer in seconds. */
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

  /** Each side shows a certificate that the same authorities have signed, whatever it names. */
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
   * Reads the files of the event bus's TLS, and keeps nothing.
   *
   * @throws io.stentor.config.ConfigException when one is not what it should be
   */
  public static void check(BusTlsOptions tls) {
    if (tls.isOn()) {
      certificate(tls);
      Certificate.authorities("cluster.tls.authorityFile", tls.authorityFile());
    }
  }
}
