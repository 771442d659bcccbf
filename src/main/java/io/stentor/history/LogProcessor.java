package io.stentor.history;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.instance.impl.HazelcastInstanceImpl;
import com.hazelcast.internal.partition.IPartition;
import com.hazelcast.map.EntryProcessor;
import com.hazelcast.map.IMap;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.spi.exception.SilentException;
import io.stentor.cluster.Quorum;
import io.stentor.cluster.Quorum.Side;
import io.stentor.cluster.RemoteTask;
import io.stentor.config.RoomOptions;
import io.stentor.history.RoomLog.Answer;
import io.stentor.history.RoomLog.Entry;
import io.stentor.message.Position;
import java.io.IOException;
import java.util.List;
import java.util.Map;
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

  /** Epoch for a new log, if this runs without a node. */
  transient long newEpoch;

  /** The time, if this runs without a node. */
  transient long nowMillis;

  RoomOptions.History limits = new RoomOptions.History(0, 0, 0);

  /** Applies the operation to an existing or a new log. */
  abstract R apply(RoomLog log, long now);

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

  /** Returns a position up to which the caller knows the log to be replicated. */
  Position replicated() {
    return Position.NONE;
  }

  /** Returns the appender whose last result must be sent to the copy; null if there is none. */
  @Nullable Long appender() {
    return null;
  }

  @Override
  public @Nullable R process(Map.Entry<String, RoomLog> entry) {
    HazelcastInstance hazelcast = hazelcast();
    NodeContext node = hazelcast == null ? null : NodeContext.of(hazelcast);
    Side side = hazelcast == null ? null : Quorum.side(hazelcast);
    if (node != null && (side == null || (changesLog() && !node.isWritable(side)))) {
      return null;
    }
    long now = node == null ? nowMillis : node.clock().getAsLong();
    RoomLog present = entry.getValue();
    RoomLog log = present != null ? present : new RoomLog(newEpoch(entry.getKey()));
    log.confirm(replicated());
    if (node != null && side != null && log.side() != side.id()) {
      log.enter(side.id(), Epochs.random(), node.isWritable(side));
    }
    R result = apply(log, now);
    if (present == null && !createsLog()) {
      return result;
    }
    entry.setValue(log);
    long first = log.firstForCopy(now);
    List<Entry> entries = log.entriesFrom(first);
    replicate =
        new Replicate(
            log.branch(),
            log.side(),
            log.oldest(),
            first,
            entries,
            log.answersForCopy(appender()),
            log.lastVersion(),
            now,
            log.keepSeconds());
    return hasCopy(entry.getKey()) ? result : null;
  }

  @Override
  public @Nullable EntryProcessor<String, RoomLog, @Nullable R> getBackupProcessor() {
    @SuppressWarnings("unchecked") // The result of a copy's processor is unused.
    EntryProcessor<String, RoomLog, @Nullable R> copy =
        (EntryProcessor<String, RoomLog, @Nullable R>) (EntryProcessor<?, ?, ?>) replicate;
    return copy;
  }

  private long newEpoch(String room) {
    HazelcastInstance hazelcast = hazelcast();
    if (hazelcast == null) {
      return newEpoch;
    }
    // The ID changes after a split, the version whenever a node gains or loses the partition.
    long place = hazelcast.getCluster().getLocalMember().getUuid().getMostSignificantBits();
    IPartition partition = partition(hazelcast, room);
    return NodeContext.of(hazelcast)
        .epochs()
        .of(room, partition == null ? place : place + partition.version());
  }

  private boolean hasCopy(String room) {
    HazelcastInstance hazelcast = hazelcast();
    if (hazelcast == null || hazelcast.getCluster().getMembers().size() < 2) {
      return true;
    }
    IPartition partition = partition(hazelcast, room);
    return partition == null || partition.getReplicaAddress(1) != null;
  }

  private static @Nullable IPartition partition(HazelcastInstance hazelcast, String room) {
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

    private Branch branch = new Branch(0);
    private long side;
    private long oldest;
    private long first;
    private List<Entry> entries = List.of();
    private Map<Long, Answer> answers = Map.of();
    private @Nullable LastVersion lastVersion;
    private long logsMillis;
    private int keepSeconds;

    Replicate() {}

    /**
     * Creates a replication step.
     *
     * @param oldest offset of the log's oldest entry
     * @param first offset of the first of {@code entries}, which extend to the end of the log
     * @param answers results that the copy has to remember
     * @param logsMillis the current time on the node that owns the log, in milliseconds
     * @param keepSeconds how long the copy is kept after its last use
     */
    Replicate(
        Branch branch,
        long side,
        long oldest,
        long first,
        List<Entry> entries,
        Map<Long, Answer> answers,
        @Nullable LastVersion lastVersion,
        long logsMillis,
        int keepSeconds) {
      this();
      this.branch = branch;
      this.side = side;
      this.oldest = oldest;
      this.first = first;
      this.entries = entries;
      this.answers = answers;
      this.lastVersion = lastVersion;
      this.logsMillis = logsMillis;
      this.keepSeconds = keepSeconds;
    }

    @Override
    public @Nullable Void process(Map.Entry<String, RoomLog> entry) {
      HazelcastInstance node = hazelcast();
      long now = node == null ? logsMillis : NodeContext.of(node).clock().getAsLong();
      RoomLog present = entry.getValue();
      RoomLog copy = present != null ? present : new RoomLog(branch.epoch());
      List<Entry> here = entries.stream().map(one -> one.shifted(now - logsMillis)).toList();
      if (!copy.replicate(branch, oldest, first, here)) {
        refuse(entry.getKey(), present);
        return null;
      }
      answers.forEach(copy::remember);
      copy.lastVersion(lastVersion);
      copy.belongs(side, copy.top());
      copy.use(now, keepSeconds);
      entry.setValue(copy);
      return null;
    }

    private void refuse(String room, @Nullable RoomLog copy) {
      HazelcastInstance node = hazelcast();
      if (node == null) {
        return;
      }
      Position end = copy == null ? Position.NONE : new Position(copy.epoch(), copy.top());
      LOG.info("room {}: the copy ends at {} and lacks what follows; asking for it", room, end);
      IMap<String, RoomLog> logs = node.getMap(NodeContext.LOGS);
      logs.submitToKey(room, new Complete(end));
      throw new IncompleteCopyException();
    }

    @Override
    protected void write(ObjectDataOutput out, int version) throws IOException {
      LogWire.write(branch, out);
      out.writeLong(side);
      out.writeLong(oldest);
      out.writeLong(first);
      LogWire.writeEntries(entries, logsMillis, out);
      LogWire.writeAnswers(answers, out, version);
      out.writeInt(keepSeconds);
      LogWire.write(lastVersion, out, version);
    }

    @Override
    protected void read(ObjectDataInput in, int version) throws IOException {
      branch = LogWire.readBranch(in);
      side = in.readLong();
      oldest = in.readLong();
      first = in.readLong();
      entries = LogWire.readEntries(in, 0);
      answers = LogWire.readAnswers(in, version);
      keepSeconds = in.readInt();
      lastVersion = LogWire.readLastVersion(in, version);
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
