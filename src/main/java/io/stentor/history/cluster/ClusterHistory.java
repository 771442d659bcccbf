package io.stentor.history.cluster;

import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.cluster.MembershipListener;
import com.hazelcast.config.Config;
import com.hazelcast.config.InMemoryFormat;
import com.hazelcast.config.MapConfig;
import com.hazelcast.config.MergePolicyConfig;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.LifecycleEvent;
import com.hazelcast.map.EntryProcessor;
import com.hazelcast.map.IMap;
import io.stentor.cluster.HazelcastFuture;
import io.stentor.cluster.Quorum;
import io.stentor.cluster.Quorum.Side;
import io.stentor.cluster.WireVersion;
import io.stentor.config.RoomOptions;
import io.stentor.config.RoomOptions.Durability;
import io.stentor.history.Appended;
import io.stentor.history.Batch;
import io.stentor.history.History;
import io.stentor.history.LogJournal;
import io.stentor.history.LogSummary;
import io.stentor.history.MergedLogs;
import io.stentor.history.Page;
import io.stentor.history.RoomLog;
import io.stentor.history.cluster.JournalReports.Expected;
import io.stentor.message.Position;
import io.stentor.message.RoomName;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The logs of a cluster. Each log is on the node that owns it and has a copy on another node. Nodes
 * with a data directory also have their logs and copies in their journals. Futures complete on any
 * thread.
 */
public final class ClusterHistory implements History {

  private static final int MERGE_BATCH = 100;

  /**
   * Maximum number of reads of a log that is behind the reader's position, or is not merged yet.
   * The pauses between them add up to 10 s. By then a node that is cut off has noticed it, and its
   * logs have new epochs.
   */
  private static final int MAX_STALE_READS = 100;

  private static final long RETRY_MILLIS = 100;

  private final HazelcastInstance hazelcast;
  private final HistoryContext context;
  private final IMap<String, RoomLog> logs;
  private final ClusterLists lists;
  private final UnusedLogs unused;
  private final WireVersion wire;
  private final @Nullable JournalSync journalSync;

  /** Whether this node has joined another part of the cluster, or does, and its logs follow. */
  private volatile boolean merging;

  /**
   * Creates a history of the logs of this instance's cluster. The instance's configuration must
   * have been prepared with {@link #configure}, and {@link Quorum} started on it.
   */
  public ClusterHistory(HazelcastInstance hazelcast) {
    this.hazelcast = hazelcast;
    this.context = HistoryContext.of(hazelcast);
    this.logs = hazelcast.getMap(HistoryContext.LOGS);
    this.lists = new ClusterLists(hazelcast);
    this.unused = new UnusedLogs(hazelcast, logs);
    this.wire = WireVersion.of(hazelcast);
    this.journalSync =
        context.journal() == null ? null : JournalSync.start(hazelcast, context.journal());
    hazelcast.getLifecycleService().addLifecycleListener(this::stateChanged);
    Quorum quorum = Quorum.of(hazelcast);
    if (quorum != null) {
      quorum.onChange(context.reports()::nodesChanged);
      // A node that leaves in order still takes part after the agreement, but can report no more.
      hazelcast.getCluster().addMembershipListener(new Leavers(context.reports()));
    }
  }

  private void stateChanged(LifecycleEvent event) {
    merging =
        switch (event.getState()) {
          case MERGING -> true;
          case MERGED, MERGE_FAILED -> false;
          default -> merging;
        };
    if (journalSync != null) {
      journalSync.merging(merging);
    }
  }

  /** Fails operations that wait for the report of a node that has left, so they are repeated. */
  private record Leavers(JournalReports reports) implements MembershipListener {
    @Override
    public void memberAdded(MembershipEvent event) {
      // It has nothing to report yet.
    }

    @Override
    public void memberRemoved(MembershipEvent event) {
      reports.nodesChanged();
    }
  }

  /**
   * Adds the settings for the logs to the configuration of a Hazelcast instance.
   *
   * @param clock elapsed time in milliseconds since an arbitrary moment; must be monotonic
   * @param refusesOnMinority whether logs are only read on a side without a majority
   * @param journal null if the node has no data directory
   */
  public static void configure(
      Config config, LongSupplier clock, boolean refusesOnMinority, @Nullable LogJournal journal) {
    HistoryContext.of(clock, refusesOnMinority, journal).offer(config);
    RestoredLogs.configure(config, journal);
    WireTypes.register(config, clock);
    ClusterLists.configure(config);
    config.addMapConfig(
        new MapConfig(HistoryContext.LOGS)
            .setInMemoryFormat(InMemoryFormat.OBJECT)
            .setBackupCount(1)
            .setAsyncBackupCount(0)
            .setStatisticsEnabled(false)
            .setMergePolicyConfig(
                new MergePolicyConfig(MergedLogs.KeepBothTails.class.getName(), MERGE_BATCH)));
  }

  @Override
  public Future<Appended> append(RoomName room, Batch batch, RoomOptions.History limits) {
    Unwritable reason = unwritable(limits);
    if (reason != null) {
      return Future.failedFuture(new UnwritableException(reason));
    }
    int count = batch.publications().size();
    return safely(room, new LogOperations.Append(batch, limits), limits)
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
    context.tasks().execute(() -> submit(room, new LogOperations.Confirm(end)).onComplete(known));
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
  public @Nullable Unwritable unwritable(RoomOptions.History limits) {
    return !isWritable()
        ? Unwritable.MINORITY
        : context.canRecord(limits.durability()) ? null : Unwritable.DATA_DIRECTORY;
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
        limits,
        () -> new LogOperations.Read(after, delivered, createsLog, maxMessages, maxBytes, limits),
        MAX_STALE_READS);
  }

  /**
   * Reads until the log is not behind the reader's position, so that a node that is cut off and
   * does not know it tells nobody that messages were lost; and until the logs of a node that comes
   * back are merged, so that nobody is told of a loss by a log that does not know them yet.
   */
  private Future<Page> readUpToDate(
      RoomName room,
      Position after,
      RoomOptions.History limits,
      Supplier<LogOperations.Read> read,
      int tries) {
    return safely(room, read.get(), limits)
        .compose(
            page -> {
              if (tries <= 1 || !isEarly(page, after)) {
                return Future.succeededFuture(page);
              }
              return later(() -> readUpToDate(room, after, limits, read, tries - 1));
            });
  }

  private boolean isEarly(Page page, Position after) {
    return page.isBehind(after)
        || (merging && !after.equals(Position.NONE) && !page.includes(after));
  }

  @Override
  public Future<Page> removeAll(RoomName room, RoomOptions.History limits) {
    return safely(room, new LogOperations.RemoveAll(limits), limits);
  }

  /** Makes another attempt after {@link #RETRY_MILLIS}. */
  private Future<Page> later(Supplier<Future<Page>> attempt) {
    Promise<Page> later = Promise.promise();
    context
        .tasks()
        .schedule(() -> attempt.get().onComplete(later), RETRY_MILLIS, TimeUnit.MILLISECONDS);
    return later.future();
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
   * Removes this node's unused logs in its next {@code partitions} partitions. Called every second.
   * Does not block. Must not be called concurrently.
   */
  public void expire(int partitions) {
    unused.remove(partitions);
    context.reports().expire();
    if (context.journal() != null) {
      context.journal().refuseIfFull();
    }
    if (journalSync != null) {
      journalSync.check(partitions);
    }
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
   * Brings the logs that this node has found in its journal back into the cluster, and waits until
   * all other nodes that are starting have done so. Until then a log may seem to have lost
   * something. Blocks.
   */
  public void restore() {
    new RestoredLogs(hazelcast, logs).restore();
    if (journalSync != null) {
      journalSync.restored();
    }
  }

  /** Makes the journal keep the logs that move to other nodes while this one leaves. */
  public void leave() {
    if (journalSync != null) {
      journalSync.leave();
    }
  }

  /**
   * Runs an operation whose result may be relied on as soon as the journals are as safe as the room
   * asks for.
   */
  private <T> Future<T> safely(
      RoomName room, LogProcessor<T> operation, RoomOptions.History limits) {
    if (limits.durability() == Durability.MEMORY || !JournalReports.areKnownTo(wire)) {
      return submit(room, operation);
    }
    JournalReports reports = context.reports();
    Expected expected = reports.expect(hazelcast.getCluster().getLocalMember().getUuid());
    return submit(room, operation.reportingTo(expected.waiter()))
        .onFailure(failure -> reports.forget(expected.waiter()))
        .compose(result -> expected.safe().map(result));
  }

  /**
   * Runs an operation. Hazelcast confirms an operation whose copy was on a node that is lost
   * meanwhile, although the copy may never have had it. So the result counts only if this node is
   * still on the side that it was on before.
   *
   * @return fails with {@link NotReplicatedException} if the nodes do not agree, or did not while
   *     the operation ran
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
}
