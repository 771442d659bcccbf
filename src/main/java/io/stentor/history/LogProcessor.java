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
   * Hazelcast reads of a map in OBJECT format would serialise the whole log, and would not keep the
   * copy from expiring. So reading is a processor too, and it writes the log back: its answer then
   * comes only after the copy has everything that was appended before, which makes what was read
   * safe to deliver.
   */

  private transient @Nullable HazelcastInstance hazelcast;
  private transient @Nullable ReplicateProcessor replicate;

  /** Epoch for a log that does not exist yet. */
  long newEpoch;

  long nowMillis;
  RoomOptions.History limits = new RoomOptions.History(0, 0, 0);

  abstract R apply(RoomLog log);

  /** Offset from which on the copy has to be given the log's entries. */
  abstract long firstForCopy(RoomLog log);

  /** Whether the copy has to let go of what it has first. */
  boolean removes() {
    return false;
  }

  /** The appender whose last answer the copy has to remember, if any. */
  abstract @Nullable Long appender();

  @Override
  public @Nullable R process(Map.Entry<String, RoomLog> entry) {
    RoomLog present = entry.getValue();
    RoomLog log = present != null ? present : new RoomLog(newEpoch);
    R result = apply(log);
    entry.setValue(log);
    long first = Math.max(firstForCopy(log), log.oldest());
    List<Entry> entries = log.entriesFrom(first);
    Long appender = appender();
    Answer answer = appender == null ? null : log.answers().get(appender);
    replicate =
        new ReplicateProcessor(
            log.epoch(), removes(), first, entries, appender, answer, nowMillis, limits);
    return hasCopy(entry.getKey()) ? result : null;
  }

  @Override
  public @Nullable EntryProcessor<String, RoomLog, @Nullable R> getBackupProcessor() {
    @SuppressWarnings("unchecked") // A copy's processor has no result that anyone sees.
    EntryProcessor<String, RoomLog, @Nullable R> copy =
        (EntryProcessor<String, RoomLog, @Nullable R>) (EntryProcessor<?, ?, ?>) replicate;
    return copy;
  }

  private boolean hasCopy(String room) {
    if (!(hazelcast instanceof HazelcastInstanceImpl instance)) {
      return true;
    }
    if (instance.getCluster().getMembers().size() < 2) {
      return true;
    }
    int partition = instance.getPartitionService().getPartition(room).getPartitionId();
    IPartition replicas = instance.node.getPartitionService().getPartition(partition);
    return replicas.getReplicaAddress(1) != null;
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
