package io.stentor.lifecycle;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.LifecycleEvent.LifecycleState;
import io.stentor.admission.GuardedTransport;
import io.stentor.admission.Limits;
import io.stentor.cluster.BusReachability;
import io.stentor.cluster.ClusterHost;
import io.stentor.cluster.ClusterShutdown;
import io.stentor.cluster.ClusteredVertx;
import io.stentor.cluster.NodeWatcher;
import io.stentor.cluster.Quorum;
import io.stentor.config.ClusterOptions;
import io.stentor.config.ClusterOptions.OnMinority;
import io.stentor.config.Config;
import io.stentor.history.History;
import io.stentor.history.LocalHistory;
import io.stentor.history.LogJournal;
import io.stentor.history.cluster.ClusterHistory;
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
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a node runs on: a Vert.x instance, either standalone or clustered with a Hazelcast instance.
 * All differences between the two are handled here.
 */
public final class NodeRuntime {

  private static final Logger LOG = LoggerFactory.getLogger(NodeRuntime.class);

  /**
   * How many logs are checked for expiry each second: a million take a while, but cause no pause.
   */
  private static final int EXPIRE_AT_ONCE = 2000;

  /**
   * How many partitions are checked for expiry each second in a cluster: all 271 within a minute.
   */
  private static final int EXPIRE_PARTITIONS = 5;

  private final Vertx vertx;
  private final int eventLoops;
  private final @Nullable HazelcastInstance hazelcast;
  private final @Nullable LogJournal journal;
  private @Nullable ClusterHistory clusterHistory;
  private @Nullable BusReachability reachability;
  private Runnable endWatch = () -> {};
  private volatile boolean stopping;

  private NodeRuntime(
      Vertx vertx,
      int eventLoops,
      @Nullable HazelcastInstance hazelcast,
      @Nullable LogJournal journal) {
    this.vertx = vertx;
    this.eventLoops = eventLoops;
    this.hazelcast = hazelcast;
    this.journal = journal;
  }

  /**
   * Creates the configured runtime. Blocks while reading the data directory and joining a cluster.
   *
   * @param limits enforced from the first connection on
   * @param joining may add to this node's Hazelcast configuration before it joins
   */
  static Future<NodeRuntime> of(
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
    LogJournal journal = openJournal(config.dataDir());
    try {
      if (!config.cluster().enabled()) {
        Vertx vertx = builder.build();
        return Future.succeededFuture(new NodeRuntime(vertx, eventLoops, null, journal));
      }
      ClusterOptions cluster = ClusterHost.resolve(config.cluster());
      ClusteredVertx.withBus(options, cluster);
      HazelcastInstance hazelcast = join(cluster, journal, joining);
      return ClusteredVertx.vertx(builder, hazelcast, cluster)
          .map(vertx -> new NodeRuntime(vertx, eventLoops, hazelcast, journal))
          .onFailure(
              failure -> {
                hazelcast.shutdown();
                close(journal);
              });
    } catch (RuntimeException e) {
      close(journal);
      throw e;
    }
  }

  private static @Nullable LogJournal openJournal(String dataDir) {
    if (dataDir.isEmpty()) {
      return null;
    }
    try {
      return LogJournal.open(Path.of(dataDir));
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
  }

  private static void close(@Nullable LogJournal journal) {
    if (journal != null) {
      journal.close();
    }
  }

  private static HazelcastInstance join(
      ClusterOptions cluster,
      @Nullable LogJournal journal,
      Consumer<com.hazelcast.config.Config> joining) {
    com.hazelcast.config.Config ours = ClusteredVertx.hazelcast(cluster);
    LongSupplier clock = journal == null ? NodeRuntime::elapsedMillis : journal::millis;
    ClusterHistory.configure(ours, clock, cluster.onMinority() == OnMinority.REFUSE, journal);
    if (journal != null) {
      Quorum.remember(ours, journal.directory(), cluster.restartWaitSeconds());
    }
    ClusterPresence.configure(ours);
    joining.accept(ours);
    return ClusteredVertx.join(ours, UUID.randomUUID().toString());
  }

  /** Returns monotonic time: the wall clock may be set, and differs between nodes. */
  private static long elapsedMillis() {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
  }

  public Vertx vertx() {
    return vertx;
  }

  public int eventLoops() {
    return eventLoops;
  }

  /** Returns null if the node is standalone. */
  @Nullable HazelcastInstance hazelcast() {
    return hazelcast;
  }

  /** Returns the journal of the logs; null if the node has no data directory. */
  @Nullable LogJournal journal() {
    return journal;
  }

  /** Creates the history of the rooms. Must be called only once. */
  History history() {
    TimerWheel wheel = TimerWheel.of(vertx);
    if (hazelcast != null) {
      ClusterHistory history = new ClusterHistory(hazelcast);
      clusterHistory = history;
      wheel.every(1000, () -> history.expire(EXPIRE_PARTITIONS));
      wheel.onStandstill(millis -> history.hold());
      return history;
    }
    LocalHistory history =
        journal == null
            ? new LocalHistory(NodeRuntime::elapsedMillis)
            : new LocalHistory(journal, Quorum.forgetCluster(journal.directory()));
    wheel.every(1000, () -> history.expire(EXPIRE_AT_ONCE));
    wheel.onStandstill(millis -> history.hold());
    return history;
  }

  /**
   * Creates the presence of the rooms, and notifies the rooms when nodes join or leave. Must be
   * called only once.
   */
  Presence presence(Rooms rooms) {
    Predicate<RoomName> tracked = room -> rooms.options(room).presence();
    if (hazelcast == null) {
      LOG.info("nodes: this one alone");
      return new LocalPresence(tracked);
    }
    LOG.info("nodes: {}", NodeWatcher.describe(hazelcast));
    ClusterPresence presence = new ClusterPresence(vertx, hazelcast, tracked);
    endWatch =
        NodeWatcher.watch(
            hazelcast,
            () -> {
              rooms.nodesChanged();
              presence.nodesChanged();
            });
    reachability =
        BusReachability.of(
            hazelcast,
            whole -> {
              rooms.busWhole(whole);
              presence.busWhole(whole);
            });
    return presence;
  }

  /** Starts watching which nodes the event bus reaches. */
  Future<Void> watchBus() {
    return reachability == null ? Future.succeededFuture() : reachability.start(vertx);
  }

  /** Returns the number of nodes that the event bus does not reach, or that do not reach this. */
  int unreachable() {
    return reachability == null ? 0 : reachability.unreachable();
  }

  /**
   * Waits until every log has a backup on a second node. Completes with false if it has timed out.
   */
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

  /**
   * Brings back the rooms that were found in the data directory, and waits for other nodes that are
   * doing the same. To be called before clients are served.
   */
  Future<Void> restoreRooms() {
    ClusterHistory history = clusterHistory;
    if (history == null) {
      return Future.succeededFuture();
    }
    return vertx.executeBlocking(
        () -> {
          history.restore();
          return null;
        });
  }

  /** Closes Vert.x. Rooms and presence are no longer notified when nodes join or leave. */
  Future<Void> close() {
    endWatch.run();
    return vertx.close();
  }

  /**
   * Sets a listener that is called if Hazelcast ends although the node was not asked to stop, for
   * example because another part of the cluster refused it. Called on a thread of Hazelcast's.
   */
  void onClusterLost(Runnable lost) {
    if (hazelcast != null) {
      hazelcast
          .getLifecycleService()
          .addLifecycleListener(
              event -> {
                if (event.getState() == LifecycleState.SHUTDOWN && !stopping) {
                  lost.run();
                }
              });
      if (!hazelcast.getLifecycleService().isRunning() && !stopping) {
        lost.run();
      }
    }
  }

  /** Announces that this node has begun to stop. */
  void stopping() {
    stopping = true;
    if (hazelcast != null && journal != null) {
      new ClusterShutdown(hazelcast).begin();
    }
  }

  /**
   * Lets the other nodes agree to go on without this one, unless all stop, migrates the logs,
   * leaves the cluster and closes the journal. Must be called after Vert.x is closed. Blocks.
   */
  void leave() {
    try {
      leaveCluster();
    } finally {
      close(journal);
    }
  }

  private void leaveCluster() {
    if (hazelcast != null) {
      boolean allStop = journal != null && new ClusterShutdown(hazelcast).await();
      if (clusterHistory != null) {
        clusterHistory.leave();
      }
      Quorum quorum = Quorum.of(hazelcast);
      if (quorum != null && allStop) {
        quorum.freeze();
      } else if (quorum != null) {
        quorum.leave().toCompletionStage().toCompletableFuture().join();
      }
      hazelcast.shutdown();
    }
  }
}
