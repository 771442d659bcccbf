package io.stentor.history;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceAware;
import com.hazelcast.instance.impl.HazelcastInstanceImpl;
import com.hazelcast.internal.partition.IPartition;
import com.hazelcast.map.EntryProcessor;
import com.hazelcast.nio.serialization.IdentifiedDataSerializable;
import io.stentor.config.RoomOptions;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An operation on one log where it is stored: first on the node that owns the log, then on the node
 * that holds its copy. Runs on the thread of the log's partition, so nothing else accesses the log
 * concurrently.
 *
 * <p>The result is null if the log has no copy although there are nodes that could hold one, which
 * happens right after a node has joined or left. This is not an error, but the operation is not
 * confirmed; the caller should retry.
 */
abstract class LogProcessor<R>
    implements EntryProcessor<String, RoomLog, @Nullable R>,
        HazelcastInstanceAware,
        IdentifiedDataSerializable {

  /*
   * A Hazelcast read of a map in OBJECT format would serialise the whole log. Reading is therefore
   * a processor too, and it writes the log back. Its response then arrives only after the copy has
   * everything that was appended before, so what was read is safe to deliver.
   *
   * The time and new epochs are those of the node that owns the log, never of the caller's node.
   */

  private transient @Nullable HazelcastInstance hazelcast;
  private transient @Nullable ReplicateProcessor replicate;

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
  abstract boolean createsLog();

  /** Returns the appender whose last result must be sent to the copy; null if there is none. */
  @Nullable Long appender() {
    return null;
  }

  @Override
  public @Nullable R process(Map.Entry<String, RoomLog> entry) {
    long now = hazelcast == null ? nowMillis : NodeContext.of(hazelcast).clock().getAsLong();
    RoomLog present = entry.getValue();
    RoomLog log = present != null ? present : new RoomLog(newEpoch(entry.getKey()));
    R result = apply(log, now);
    if (present == null && !createsLog()) {
      return result;
    }
    entry.setValue(log);
    long first = log.firstForCopy(now);
    List<Entry> entries = log.entriesFrom(first);
    replicate =
        new ReplicateProcessor(
            log.epoch(),
            log.oldest(),
            first,
            entries,
            log.answersForCopy(appender()),
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

  @Override
  public void setHazelcastInstance(HazelcastInstance instance) {
    hazelcast = instance;
  }

  @Override
  public int getFactoryId() {
    return WireTypes.FACTORY;
  }
}
