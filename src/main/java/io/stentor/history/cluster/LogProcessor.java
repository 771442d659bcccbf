package io.stentor.history.cluster;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.instance.impl.HazelcastInstanceImpl;
import com.hazelcast.internal.partition.InternalPartition;
import com.hazelcast.internal.partition.PartitionReplica;
import com.hazelcast.map.EntryProcessor;
import com.hazelcast.map.IMap;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.spi.exception.SilentException;
import io.stentor.cluster.Quorum;
import io.stentor.cluster.Quorum.Side;
import io.stentor.cluster.RemoteTask;
import io.stentor.config.RoomOptions;
import io.stentor.history.Epochs;
import io.stentor.history.LogStep;
import io.stentor.history.LogWire;
import io.stentor.history.RoomLog;
import io.stentor.history.cluster.JournalReports.Waiter;
import io.stentor.message.Position;
import java.io.IOException;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An operation on one log where it is stored: first on the node that owns the log, then on the node
 * that holds its copy. Runs on the thread of the log's partition, so nothing else accesses the log
 * concurrently.
 *
 * <p>The result is null if the log has no copy although there are nodes that could hold one, which
 * happens right after a node has joined or left, or if the nodes have not agreed yet whether this
 * side of the cluster continues the logs. This is not an error, but the operation is not confirmed;
 * the caller should retry.
 */
abstract class LogProcessor<R> extends RemoteTask
    implements EntryProcessor<String, RoomLog, @Nullable R> {

  /*
   * A Hazelcast read of a map in OBJECT format would serialise the whole log. Reading is therefore
   * a processor too, and it writes the log back. Its response then arrives only after the copy has
   * everything that was appended before, so what was read is safe to deliver.
   *
   * The time and new epochs are those of the node that owns the log, never of the caller's node.
   */

  private transient @Nullable Replicate replicate;

  /** The operation of the caller that waits for the journals; null if none does. */
  private @Nullable Waiter waiter;

  /** Epoch for a new log, if this runs without a node. */
  transient long newEpoch;

  /** The time, if this runs without a node. */
  transient long nowMillis;

  RoomOptions.History limits = new RoomOptions.History(0, 0, 0);

  /** Applies the operation to an existing or a new log. */
  abstract R apply(RoomLog log, long now);

  /** Makes the nodes with the log report to this operation how safe their journals are. */
  LogProcessor<R> reportingTo(Waiter operation) {
    waiter = operation;
    return this;
  }

  /**
   * Returns whether a log that does not exist is created. If not, the operation leaves no log
   * behind.
   */
  boolean createsLog() {
    return false;
  }

  /** Returns whether this adds or removes publications, which only a writable side may do. */
  boolean changesLog() {
    return false;
  }

  /** Returns what the copy may lack after this. */
  LogStep stepForCopy(RoomLog log, long now) {
    return log.stepForCopy(appender(), now);
  }

  /**
   * Returns whether the result always waits for the journals. If not, it waits only while something
   * in the log is not safe yet.
   */
  boolean mustBeSafe() {
    return changesLog();
  }

  /** Returns a position up to which the caller knows the log to be replicated. */
  Position replicated() {
    return Position.NONE;
  }

  /** Returns the appender whose last result must be sent to the copy; null if there is none. */
  @Nullable Long appender() {
    return null;
  }

  /**
   * Returns the log to work on.
   *
   * @param newEpoch returns the epoch for a new log
   */
  RoomLog logFor(@Nullable RoomLog present, LongSupplier newEpoch) {
    return present != null ? present : new RoomLog(newEpoch.getAsLong());
  }

  @Override
  public @Nullable R process(Map.Entry<String, RoomLog> entry) {
    HazelcastInstance here = hazelcast();
    if (here == null) {
      return process(entry, logFor(entry.getValue(), () -> newEpoch), nowMillis);
    }
    HistoryContext node = HistoryContext.of(here);
    Side side = Quorum.side(here);
    if (side == null || (changesLog() && !node.isWritable(side))) {
      return null;
    }
    if (mustBeSafe() && !node.canRecord(limits.durability())) {
      if (waiter != null) {
        node.reports().refuse(here, waiter);
      }
      return null;
    }
    String room = entry.getKey();
    long now = node.clock().getAsLong();
    RoomLog log = logFor(entry.getValue(), () -> newEpoch(room, here, node));
    log.confirm(replicated());
    log.enter(side.id(), side.generation(), Epochs.random(), node.isWritable(side));
    R result = process(entry, log, now);
    InternalPartition partition = partition(here, room);
    PartitionReplica copy = partition == null ? null : partition.getReplica(1);
    if (replicate != null) {
      Long appender = appender();
      node.record(room, log, appender == null ? Set.of() : Set.of(appender));
    }
    if (waiter != null) {
      boolean waits = replicate != null && (mustBeSafe() || log.hasUnsafeEntries());
      node.reports()
          .owner(here, waiter, waits && copy != null ? copy.uuid() : null, waits ? log : null);
    }
    boolean alone = here.getCluster().getMembers().size() < 2;
    return alone || partition == null || copy != null ? result : null;
  }

  private R process(Map.Entry<String, RoomLog> entry, RoomLog log, long now) {
    R result = apply(log, now);
    if (entry.getValue() != null || createsLog()) {
      entry.setValue(log);
      replicate = new Replicate(stepForCopy(log, now), waiter);
    }
    return result;
  }

  /** Writes the fields that the operations of all callers share. */
  final void writeCall(ObjectDataOutput out, int version) throws IOException {
    LogWire.write(limits, out, version);
    JournalReports.write(waiter, out, version);
  }

  /** Reads what {@link #writeCall} wrote. */
  final void readCall(ObjectDataInput in, int version) throws IOException {
    limits = LogWire.readLimits(in, version);
    waiter = JournalReports.readWaiter(in, version);
  }

  @Override
  public @Nullable EntryProcessor<String, RoomLog, @Nullable R> getBackupProcessor() {
    @SuppressWarnings("unchecked") // The result of a copy's processor is unused.
    EntryProcessor<String, RoomLog, @Nullable R> copy =
        (EntryProcessor<String, RoomLog, @Nullable R>) (EntryProcessor<?, ?, ?>) replicate;
    return copy;
  }

  private static long newEpoch(String room, HazelcastInstance here, HistoryContext node) {
    // The ID changes after a split, the version whenever a node gains or loses the partition.
    long place = here.getCluster().getLocalMember().getUuid().getMostSignificantBits();
    InternalPartition partition = partition(here, room);
    return node.epochs().of(room, partition == null ? place : place + partition.version());
  }

  private static @Nullable InternalPartition partition(HazelcastInstance hazelcast, String room) {
    if (!(hazelcast instanceof HazelcastInstanceImpl instance)) {
      return null;
    }
    int id = instance.getPartitionService().getPartition(room).getPartitionId();
    return instance.node.getPartitionService().getPartition(id);
  }

  /** Sends the copy of a log everything after the end of the copy. Requested by the copy's node. */
  static final class Complete extends LogProcessor<Boolean> {

    private Position copyEnd = Position.NONE;

    Complete() {}

    Complete(Position copyEnd) {
      this();
      this.copyEnd = copyEnd;
    }

    @Override
    Boolean apply(RoomLog log, long now) {
      log.copyEndsAt(copyEnd);
      return true;
    }

    @Override
    protected void write(ObjectDataOutput out, int version) throws IOException {
      LogWire.write(copyEnd, out);
    }

    @Override
    protected void read(ObjectDataInput in, int version) throws IOException {
      copyEnd = LogWire.readPosition(in);
    }
  }

  /** Updates the copy of a log to end like the log itself. Runs on the node that holds the copy. */
  static final class Replicate extends RemoteTask
      implements EntryProcessor<String, RoomLog, @Nullable Void> {

    /*
     * A copy that lacks the entries before these keeps its content and does not confirm this step,
     * so nothing is acknowledged that the copy does not hold. It asks the log to send the missing
     * entries.
     */

    private static final Logger LOG = LoggerFactory.getLogger(LogProcessor.class);

    private @Nullable LogStep step;
    private @Nullable Waiter waiter;

    Replicate() {}

    /**
     * Creates a replication step.
     *
     * @param waiter the operation that waits for the journals; null if none does
     */
    Replicate(LogStep step, @Nullable Waiter waiter) {
      this();
      this.step = step;
      this.waiter = waiter;
    }

    @Override
    public @Nullable Void process(Map.Entry<String, RoomLog> entry) {
      LogStep next = Objects.requireNonNull(step);
      HazelcastInstance here = hazelcast();
      HistoryContext node = here == null ? null : HistoryContext.of(here);
      long now = node == null ? next.millis() : node.clock().getAsLong();
      RoomLog present = entry.getValue();
      RoomLog copy = present != null ? present : new RoomLog(next.branch().epoch());
      if (!copy.replicate(next, now)) {
        refuse(entry.getKey(), present);
        return null;
      }
      entry.setValue(copy);
      if (here != null && node != null) {
        record(entry.getKey(), copy, here, node);
      }
      return null;
    }

    /** While the journal takes nothing, {@link JournalSync} finds later what it lacks. */
    private void record(String room, RoomLog copy, HazelcastInstance here, HistoryContext node) {
      boolean records = node.canRecord(copy.durability());
      if (records) {
        node.record(room, copy, Objects.requireNonNull(step).answers().keySet());
      }
      if (waiter != null && records) {
        node.reports().copy(here, waiter, copy);
      } else if (waiter != null) {
        node.reports().refuse(here, waiter);
      }
    }

    private void refuse(String room, @Nullable RoomLog copy) {
      HazelcastInstance node = hazelcast();
      if (node == null) {
        return;
      }
      Position end = copy == null ? Position.NONE : new Position(copy.epoch(), copy.top());
      LOG.info("room {}: the copy ends at {} and lacks what follows; asking for it", room, end);
      IMap<String, RoomLog> logs = node.getMap(HistoryContext.LOGS);
      logs.submitToKey(room, new Complete(end));
      throw new IncompleteCopyException();
    }

    @Override
    protected void write(ObjectDataOutput out, int version) throws IOException {
      LogWire.write(Objects.requireNonNull(step), out, version);
      JournalReports.write(waiter, out, version);
    }

    @Override
    protected void read(ObjectDataInput in, int version) throws IOException {
      step = LogWire.readStep(in, 0, version);
      waiter = JournalReports.readWaiter(in, version);
    }

    /**
     * Prevents Hazelcast from confirming a step. This is not a fault, so Hazelcast does not log it.
     */
    static final class IncompleteCopyException extends RuntimeException implements SilentException {
      private static final long serialVersionUID = 1;

      IncompleteCopyException() {
        super("the copy lacks earlier entries", null, false, false);
      }
    }
  }
}
