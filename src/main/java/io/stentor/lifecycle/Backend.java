package io.stentor.lifecycle;

import com.hazelcast.core.HazelcastInstance;
import io.stentor.admission.GuardedTransport;
import io.stentor.admission.Limits;
import io.stentor.cluster.ClusterHost;
import io.stentor.cluster.ClusteredVertx;
import io.stentor.cluster.NodeWatcher;
import io.stentor.config.ClusterOptions;
import io.stentor.config.Config;
import io.stentor.history.ClusterHistory;
import io.stentor.history.History;
import io.stentor.history.LocalHistory;
import io.stentor.http.GuardedHttp;
import io.stentor.message.RoomName;
import io.stentor.presence.ClusterPresence;
import io.stentor.presence.LocalPresence;
import io.stentor.presence.Presence;
import io.stentor.room.Rooms;
import io.stentor.timer.TimerWheel;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxBuilder;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a node runs on: a Vert.x, alone or in a cluster with a Hazelcast instance. Whatever differs
 * between the two is decided here.
 */
public final class Backend {

  private static final Logger LOG = LoggerFactory.getLogger(Backend.class);

  /**
   * How many unused logs are looked at each second, so that a million take a while but no pause.
   */
  private static final int EXPIRE_AT_ONCE = 2000;

  /** The same in a cluster: all 271 partitions in a minute. */
  private static final int EXPIRE_PARTITIONS = 5;

  private final Vertx vertx;
  private final int eventLoops;
  private final @Nullable HazelcastInstance hazelcast;

  private Backend(Vertx vertx, int eventLoops, @Nullable HazelcastInstance hazelcast) {
    this.vertx = vertx;
    this.eventLoops = eventLoops;
    this.hazelcast = hazelcast;
  }

  /**
   * As configured; blocks while it joins its cluster.
   *
   * @param limits kept from the first connection on
   * @param joining may add to what this node says of itself when it joins
   */
  static Future<Backend> of(
      Config config, Limits limits, Consumer<com.hazelcast.config.Config> joining) {
    int eventLoops =
        config.eventLoops() > 0 ? config.eventLoops() : Runtime.getRuntime().availableProcessors();
    VertxOptions options =
        new VertxOptions()
            .setPreferNativeTransport(true)
            .setEventLoopPoolSize(eventLoops)
            .setFileSystemOptions(
                new FileSystemOptions()
                    .setClassPathResolvingEnabled(false)
                    .setFileCachingEnabled(false));
    VertxBuilder builder =
        Vertx.builder()
            .with(options)
            .withTransport(new GuardedTransport(limits, new GuardedHttp()));
    if (!config.cluster().enabled()) {
      return Future.succeededFuture(new Backend(builder.build(), eventLoops, null));
    }
    ClusterOptions cluster = ClusterHost.resolve(config.cluster());
    ClusteredVertx.withBus(options, cluster);
    HazelcastInstance hazelcast = join(cluster, joining);
    return ClusteredVertx.vertx(builder, hazelcast, cluster)
        .map(vertx -> new Backend(vertx, eventLoops, hazelcast))
        .onFailure(failure -> hazelcast.shutdown());
  }

  private static HazelcastInstance join(
      ClusterOptions cluster, Consumer<com.hazelcast.config.Config> joining) {
    com.hazelcast.config.Config ours = ClusteredVertx.hazelcast(cluster);
    ClusterHistory.configure(ours, Backend::elapsedMillis);
    ClusterPresence.configure(ours);
    joining.accept(ours);
    return ClusteredVertx.join(ours, UUID.randomUUID().toString());
  }

  /** Not the wall clock: that may be set, and differs between nodes. */
  private static long elapsedMillis() {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
  }

  public Vertx vertx() {
    return vertx;
  }

  public int eventLoops() {
    return eventLoops;
  }

  /** Null where the node is alone. */
  @Nullable HazelcastInstance hazelcast() {
    return hazelcast;
  }

  /** The logs of the rooms. To be called once. */
  History history() {
    TimerWheel wheel = TimerWheel.of(vertx);
    if (hazelcast != null) {
      ClusterHistory history = new ClusterHistory(hazelcast);
      wheel.every(1000, () -> history.expire(EXPIRE_PARTITIONS));
      wheel.onStandstill(millis -> history.hold());
      return history;
    }
    LocalHistory history = new LocalHistory(Backend::elapsedMillis);
    wheel.every(1000, () -> history.expire(EXPIRE_AT_ONCE));
    wheel.onStandstill(millis -> history.hold());
    return history;
  }

  /**
   * Who is in the rooms. From then on the rooms are told when nodes come and go. To be called once.
   */
  Presence presence(Rooms rooms) {
    Predicate<RoomName> tracked = room -> rooms.options(room).presence();
    if (hazelcast == null) {
      LOG.info("nodes: this one alone");
      return new LocalPresence(tracked);
    }
    LOG.info("nodes: {}", NodeWatcher.describe(hazelcast));
    ClusterPresence presence = new ClusterPresence(vertx, hazelcast, tracked);
    NodeWatcher.watch(
        hazelcast,
        () -> {
          rooms.nodesChanged();
          presence.nodesChanged();
        });
    return presence;
  }

  /** Completes when every log has its copy on a second node, or when there was no more time. */
  Future<Boolean> withCopies() {
    HazelcastInstance instance = hazelcast;
    if (instance == null) {
      return Future.succeededFuture(true);
    }
    return vertx
        .executeBlocking(() -> ClusteredVertx.awaitBackups(instance))
        .onSuccess(
            safe -> {
              if (!safe) {
                LOG.warn("some rooms have no copy on a second node yet");
              }
            });
  }

  /** Hands the logs over and leaves the cluster, after Vert.x was closed. Blocks. */
  void leave() {
    if (hazelcast != null) {
      hazelcast.shutdown();
    }
  }
}
