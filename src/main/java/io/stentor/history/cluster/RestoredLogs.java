package io.stentor.history.cluster;

import com.hazelcast.cluster.Member;
import com.hazelcast.config.Config;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.EntryProcessor;
import com.hazelcast.map.IMap;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import io.stentor.cluster.Quorum;
import io.stentor.cluster.RemoteTask;
import io.stentor.cluster.WireVersion;
import io.stentor.config.RoomOptions;
import io.stentor.config.RoomOptions.First;
import io.stentor.history.Epochs;
import io.stentor.history.LogJournal;
import io.stentor.history.LogStep;
import io.stentor.history.LogWire;
import io.stentor.history.MergedLogs;
import io.stentor.history.RoomLog;
import io.stentor.history.cluster.JournalReports.Expected;
import io.stentor.journal.Journal;
import io.stentor.message.Position;
import java.io.IOException;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the logs that a node has found in its journal back into the cluster. Both nodes that kept
 * a log may have it, and other nodes may have older states of it, from before they stopped. {@link
 * MergedLogs#restored} decides what becomes of them.
 */
final class RestoredLogs {

  private static final Logger LOG = LoggerFactory.getLogger(RestoredLogs.class);

  /** Attribute of a member with a journal: identifies this start of the node. */
  private static final String START = "stentor.start";

  /** The starts of nodes that have brought back their logs. */
  private static final String DONE = "stentor.restored";

  /** Maximum number of logs on their way to their owners: one per thread. */
  private static final int AT_ONCE = 16;

  private static final long RETRY_MILLIS = 50;

  /** How often to say that logs are not restored yet. */
  private static final long TELL_SECONDS = 10;

  /** How long to wait for other nodes that are starting. */
  private static final long OTHERS_SECONDS = 60;

  private final HazelcastInstance hazelcast;
  private final IMap<String, RoomLog> logs;
  private final HistoryContext context;

  RestoredLogs(HazelcastInstance hazelcast, IMap<String, RoomLog> logs) {
    this.hazelcast = hazelcast;
    this.logs = logs;
    this.context = HistoryContext.of(hazelcast);
  }

  /** Announces that this node will bring back logs. Must be called before it joins. */
  static void configure(Config joining, @Nullable LogJournal journal) {
    if (journal != null) {
      joining.getMemberAttributeConfig().setAttribute(START, UUID.randomUUID().toString());
    }
  }

  /** Brings back this node's logs, and waits for those of other nodes. Blocks. */
  void restore() {
    awaitAgreement();
    LogJournal journal = context.journal();
    if (journal != null) {
      Quorum quorum = Quorum.of(hazelcast);
      boolean continues = quorum == null || quorum.continuesLastRun();
      ThreadPoolExecutor threads = threads();
      journal
          .takeRestored()
          .forEach(
              (room, found) -> {
                RoomLog log = found.log();
                // A log that no cluster has used cannot have been continued by another node.
                boolean complete = found.complete() && (continues || log.generation() == 0);
                threads.execute(() -> restore(room, log, complete));
              });
      threads.shutdown();
      awaitTermination(threads, journal.journal());
      finished();
    }
    awaitOthers();
  }

  /**
   * Waits until all logs are restored, or this node is stopped. Says at times that it waits.
   *
   * @throws IllegalStateException if the journal has failed, so that no log can become safe
   */
  private void awaitTermination(ThreadPoolExecutor threads, Journal journal) {
    AtomicLong toldNanos = new AtomicLong(System.nanoTime());
    await(
        () -> {
          if (journal.hasFailed()) {
            threads.shutdownNow();
            throw new IllegalStateException(journal.problem());
          }
          long now = System.nanoTime();
          if (now - toldNanos.get() > TimeUnit.SECONDS.toNanos(TELL_SECONDS)) {
            toldNanos.set(now);
            String problem = journal.problem();
            LOG.warn(
                "{} rooms are not restored yet{}",
                threads.getTaskCount() - threads.getCompletedTaskCount(),
                problem == null ? "" : ": " + problem);
          }
          return threads.isTerminated();
        });
  }

  private static ThreadPoolExecutor threads() {
    return new ThreadPoolExecutor(
        AT_ONCE,
        AT_ONCE,
        0,
        TimeUnit.SECONDS,
        new LinkedBlockingQueue<>(),
        work -> {
          Thread thread = new Thread(work, "restore");
          thread.setDaemon(true);
          return thread;
        });
  }

  /** Waits until this side of the cluster knows whether it continues the epochs of the last run. */
  private void awaitAgreement() {
    await(() -> Quorum.side(hazelcast) != null);
  }

  /** Waits for a condition, or until this node is stopped. */
  private void await(BooleanSupplier condition) {
    while (!condition.getAsBoolean() && hazelcast.getLifecycleService().isRunning()) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(RETRY_MILLIS));
    }
  }

  /** Brings back one log. Tries again until it is as safe as its room asks for. */
  private void restore(String room, RoomLog log, boolean complete) {
    await(
        () -> {
          try {
            Boolean wanted = logs.executeOnKey(room, new Offer(log));
            if (Boolean.TRUE.equals(wanted)) {
              return restored(room, log, complete);
            }
            return wanted != null;
          } catch (RuntimeException | ExecutionException e) {
            LOG.debug("room {}: not restored yet: {}", room, e.toString());
            return false;
          } catch (InterruptedException e) {
            return true; // The journal has failed.
          }
        });
  }

  private boolean restored(String room, RoomLog log, boolean complete)
      throws ExecutionException, InterruptedException {
    LogProcessor<Boolean> restore = new Restore(log, complete);
    if (!JournalReports.areKnownTo(WireVersion.of(hazelcast))) {
      return Boolean.TRUE.equals(logs.executeOnKey(room, restore));
    }
    JournalReports reports = context.reports();
    Expected expected = reports.expect(hazelcast.getCluster().getLocalMember().getUuid());
    Boolean done = logs.executeOnKey(room, restore.reportingTo(expected.waiter()));
    if (!Boolean.TRUE.equals(done)) {
      reports.forget(expected.waiter());
      return false;
    }
    expected.safe().toCompletionStage().toCompletableFuture().get();
    return true;
  }

  private void finished() {
    IMap<String, Boolean> done = hazelcast.getMap(DONE);
    String own = hazelcast.getCluster().getLocalMember().getAttribute(START);
    await(
        () -> {
          try {
            done.set(Objects.requireNonNull(own), true);
            // Before the members are read: a node may join and finish meanwhile.
            Set<String> finished = done.keySet();
            Set<String> starts = starts();
            finished.stream().filter(start -> !starts.contains(start)).forEach(done::delete);
            return true;
          } catch (RuntimeException e) {
            LOG.debug(
                "the logs are restored, but the other nodes cannot be told yet: {}", e.toString());
            return false;
          }
        });
  }

  private Set<String> starts() {
    Set<String> starts = new HashSet<>();
    for (Member member : hazelcast.getCluster().getMembers()) {
      String start = member.getAttribute(START);
      if (start != null) {
        starts.add(start);
      }
    }
    return starts;
  }

  private void awaitOthers() {
    IMap<String, Boolean> done = hazelcast.getMap(DONE);
    long endNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(OTHERS_SECONDS);
    await(
        () -> {
          if (System.nanoTime() > endNanos) {
            LOG.warn(
                "other nodes that are starting have not restored their rooms within {} s;"
                    + " going on without them",
                OTHERS_SECONDS);
            return true;
          }
          try {
            return done.keySet().containsAll(starts());
          } catch (RuntimeException e) {
            LOG.debug("waiting for the other nodes: {}", e.toString());
            return false;
          }
        });
  }

  /** Asks the owner of a log whether it lacks something that a found log has. Changes nothing. */
  static final class Offer extends RemoteTask
      implements EntryProcessor<String, RoomLog, @Nullable Boolean> {

    private Position end = Position.NONE;
    private long generation;

    Offer() {}

    Offer(RoomLog found) {
      this();
      this.end = new Position(found.epoch(), found.top());
      this.generation = found.generation();
    }

    @Override
    public @Nullable Boolean process(Map.Entry<String, RoomLog> entry) {
      RoomLog present = entry.getValue();
      return present == null || !MergedLogs.has(present, end, generation);
    }

    @Override
    public @Nullable EntryProcessor<String, RoomLog, @Nullable Boolean> getBackupProcessor() {
      return null;
    }

    @Override
    protected void write(ObjectDataOutput out, int version) throws IOException {
      LogWire.write(end, out);
      out.writeLong(generation);
    }

    @Override
    protected void read(ObjectDataInput in, int version) throws IOException {
      end = LogWire.readPosition(in);
      generation = in.readLong();
    }
  }

  /** Merges a found log into the one that the cluster has, if any. */
  static final class Restore extends LogProcessor<Boolean> {

    private @Nullable RoomLog found;
    private boolean complete;

    Restore() {}

    Restore(RoomLog found, boolean complete) {
      this();
      this.found = found;
      this.complete = complete;
      this.limits = new RoomOptions.History(1, 0, 0, found.durability(), First.NONE);
    }

    @Override
    RoomLog logFor(@Nullable RoomLog present, LongSupplier newEpoch) {
      return MergedLogs.restored(present, Objects.requireNonNull(found), complete, Epochs.random());
    }

    @Override
    Boolean apply(RoomLog log, long now) {
      return true;
    }

    @Override
    boolean createsLog() {
      return true;
    }

    /** The copy is on a node that may have nothing of the log. */
    @Override
    LogStep stepForCopy(RoomLog log, long now) {
      return log.whole(now);
    }

    @Override
    boolean mustBeSafe() {
      return true;
    }

    @Override
    protected void write(ObjectDataOutput out, int version) throws IOException {
      writeCall(out, version);
      out.writeObject(found);
      out.writeBoolean(complete);
    }

    @Override
    protected void read(ObjectDataInput in, int version) throws IOException {
      readCall(in, version);
      found = in.readObject();
      complete = in.readBoolean();
    }
  }
}
