package io.stentor.history;

import com.hazelcast.config.Config;
import com.hazelcast.config.InMemoryFormat;
import com.hazelcast.config.MapConfig;
import com.hazelcast.config.MergePolicyConfig;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.internal.util.ConcurrencyUtil;
import com.hazelcast.map.EntryProcessor;
import com.hazelcast.map.IMap;
import io.stentor.cluster.HazelcastFuture;
import io.stentor.cluster.Quorum;
import io.stentor.cluster.Quorum.Side;
import io.stentor.config.RoomOptions;
import io.stentor.message.Position;
import io.stentor.message.RoomName;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The logs of a cluster. Each log is on the node that owns it and has a copy on another node.
 * Futures complete on Hazelcast threads.
 */
public final class ClusterHistory implements History {

  private static final int MERGE_BATCH = 100;

  /**
   * How often a log that is behind is read again. After that many times, a cut-off node knows that
   * it is cut off, and its logs are in another epoch.
   */
  private static final int BEHIND_TRIES = 60;

  private static final long BEHIND_MILLIS = 100;

  private final HazelcastInstance hazelcast;
  private final NodeContext context;
  private final IMap<String, RoomLog> logs;
  private final ClusterLists lists;
  private final UnusedLogs unused;

  /**
   * Creates a history of the logs of this instance's cluster. The instance's configuration must
   * have been prepared with {@link #configure}, and {@link Quorum} started on it.
   */
  public ClusterHistory(HazelcastInstance hazelcast) {
    this.hazelcast = hazelcast;
    this.context = NodeContext.of(hazelcast);
    this.logs = hazelcast.getMap(NodeContext.LOGS);
    this.lists = new ClusterLists(hazelcast);
    this.unused = new UnusedLogs(hazelcast, logs);
  }

  /**
   * Adds the settings for the logs to the configuration of a Hazelcast instance.
   *
   * @param clock elapsed time in milliseconds since an arbitrary moment; must be monotonic
   * @param refusesOnMinority whether logs are only read on a side without a majority
   */
  public static void configure(Config config, LongSupplier clock, boolean refusesOnMinority) {
    new NodeContext(clock, new Epochs(), refusesOnMinority).offer(config);
    WireTypes.register(config, clock);
    ClusterLists.configure(config);
    config.addMapConfig(
        new MapConfig(NodeContext.LOGS)
            .setInMemoryFormat(InMemoryFormat.OBJECT)
            .setBackupCount(1)
            .setAsyncBackupCount(0)
            .setStatisticsEnabled(false)
            .setMergePolicyConfig(
                new MergePolicyConfig(MergedLogs.KeepBothTails.class.getName(), MERGE_BATCH)));
  }

  @Override
  public Future<Appended> append(RoomName room, Batch batch, RoomOptions.History limits) {
    if (!isWritable()) {
      return Future.failedFuture(new UnwritableException(Unwritable.MINORITY));
    }
    int count = batch.publications().size();
    return submit(room, new LogOperations.Append(batch, limits))
        .compose(
            appended ->
                confirm(room, new Position(appended.epoch(), appended.last(count))).map(appended));
  }

  /**
   * Tells the owner of a log that everything up to a position was replicated, before anybody relies
   * on it. Otherwise only this node would know, and if it died, the log could not tell where to
   * fork.
   */
  private Future<Boolean> confirm(RoomName room, Position end) {
    Promise<Boolean> known = Promise.promise();
    // Hazelcast's own threads, on which results arrive, must not start operations.
    ConcurrencyUtil.getDefaultAsyncExecutor()
        .execute(() -> submit(room, new LogOperations.Confirm(end)).onComplete(known));
    return known.future();
  }

  @Override
  public boolean canFork() {
    return true;
  }

  /**
   * Returns whether messages can be appended. False on a side of a split cluster that has no
   * majority, if it is configured to refuse them.
   */
  @Override
  public boolean isWritable() {
    Side side = Quorum.side(hazelcast);
    return side == null || context.isWritable(side);
  }

  @Override
  public Future<Page> read(
      RoomName room, Position after, int maxMessages, int maxBytes, RoomOptions.History limits) {
    return follow(room, after, Position.NONE, false, maxMessages, maxBytes, limits);
  }

  @Override
  public Future<Page> follow(
      RoomName room,
      Position after,
      Position delivered,
      boolean createsLog,
      int maxMessages,
      int maxBytes,
      RoomOptions.History limits) {
    return readUpToDate(
        room,
        after,
        () -> new LogOperations.Read(after, delivered, createsLog, maxMessages, maxBytes, limits),
        BEHIND_TRIES);
  }

  /**
   * Reads until the log is not behind the reader's position, so that a node that is cut off and
   * does not know it tells nobody that messages were lost.
   */
  private Future<Page> readUpToDate(
      RoomName room, Position after, Supplier<LogOperations.Read> read, int tries) {
    return submit(room, read.get())
        .compose(
            page -> {
              if (tries <= 1 || !page.isBehind(after)) {
                return Future.succeededFuture(page);
              }
              Promise<Page> later = Promise.promise();
              CompletableFuture.delayedExecutor(
                      BEHIND_MILLIS,
                      TimeUnit.MILLISECONDS,
                      ConcurrencyUtil.getDefaultAsyncExecutor())
                  .execute(() -> readUpToDate(room, after, read, tries - 1).onComplete(later));
              return later.future();
            });
  }

  @Override
  public Future<Page> removeAll(RoomName room, RoomOptions.History limits) {
    return submit(room, new LogOperations.RemoveAll(limits));
  }

  @Override
  public Future<List<String>> names(String prefix, @Nullable String after, int limit) {
    return lists.names(prefix, after, limit);
  }

  @Override
  public Future<Map<RoomName, LogSummary>> summaries(List<RoomName> rooms) {
    return lists.summaries(rooms);
  }

  /**
   * Removes this node's unused logs in its next {@code partitions} partitions. Does not block. Must
   * not be called concurrently.
   */
  public void expire(int partitions) {
    unused.remove(partitions);
  }

  /**
   * Must be called after the process was stalled. Removes no logs for a minute, so that their
   * users, which could not access them during the stall, can do so first. Called by the caller of
   * {@link #expire}.
   */
  public void hold() {
    unused.hold();
  }

  /**
   * Runs an operation. Hazelcast confirms an operation whose copy was on a node that is lost
   * meanwhile, although the copy may never have had it. So the result counts only if this node is
   * still on the side that it was on before.
   */
  private <T> Future<T> submit(
      RoomName room, EntryProcessor<String, RoomLog, @Nullable T> processor) {
    Side before = Quorum.side(hazelcast);
    if (before == null) {
      return Future.failedFuture(new NotReplicatedException());
    }
    return HazelcastFuture.of(
            () -> logs.submitToKey(room.value(), processor), NotReplicatedException::new)
        .map(
            result -> {
              Side after = Quorum.side(hazelcast);
              if (after == null || before.id() != after.id()) {
                throw new NotReplicatedException();
              }
              return result;
            });
  }

  /**
   * It is not certain that the log has a copy of this on a second node. The caller should retry.
   */
  static final class NotReplicatedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    NotReplicatedException() {
      super("the log has no copy on a second node at this moment", null, false, false);
    }
  }
}
