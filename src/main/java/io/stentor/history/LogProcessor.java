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
 * Something done to one log where it lives: on the node that owns it, and then on the node that has
 * its copy. Runs on the thread of the log's partition, so nobody else touches the log meanwhile.
 *
 * <p>The result is null where the log has no copy although there are nodes to have one: right after
 * a node came or went. Nothing is wrong then, but nothing counts either; ask again.
 */
abstract class LogProcessor<R>
    implements EntryProcessor<String, RoomLog, @Nullable R>,
        HazelcastInstanceAware,
        IdentifiedDataSerializable {

  /*
   * Hazelcast reads of a map in OBJECT format would serialise the whole log. So reading is a
   * processor too, and it writes the log back: its answer then comes only after the copy has
   * everything that was appended before, which makes what was read safe to deliver.
   *
   * Time and new epochs are those of the node that owns the log, never of the node that asks.
   */

  private transient @Nullable HazelcastInstance hazelcast;
  private transient @Nullable ReplicateProcessor replicate;

  /** Epoch for a log that does not exist yet, where no node runs this. */
  transient long newEpoch;

  /** The time, where no node runs this. */
  transient long nowMillis;

  RoomOptions.History limits = new RoomOptions.History(0, 0, 0);

  /** Does it to a log that exists, or that is new. */
  abstract R apply(RoomLog log, long now);

  /** Whether a log that does not exist is begun. Else nothing is kept of this. */
  abstract boolean begins();

  /** The appender whose last answer the copy has to remember, if any. */
  @Nullable Long appender() {
    return null;
  }

  @Override
  public @Nullable R process(Map.Entry<String, RoomLog> entry) {
    long now = hazelcast == null ? nowMillis : NodeContext.of(hazelcast).clock().getAsLong();
    RoomLog present = entry.getValue();
    RoomLog log = present != null ? present : new RoomLog(newEpoch(entry.getKey()));
    R result = apply(log, now);
    if (present == null && !begins()) {
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
    @SuppressWarnings("unchecked") // A copy's processor has no result that anyone sees.
    EntryProcessor<String, RoomLog, @Nullable R> copy =
        (EntryProcessor<String, RoomLog, @Nullable R>) (EntryProcessor<?, ?, ?>) replicate;
    return copy;
  }

  private long newEpoch(String room) {
    if (hazelcast == null) {
      return newEpoch;
    }
    // Another id after a split, another version whenever a node gets or loses the partition.
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
