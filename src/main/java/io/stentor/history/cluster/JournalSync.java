package io.stentor.history.cluster;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.instance.impl.HazelcastInstanceImpl;
import com.hazelcast.instance.impl.HazelcastInstanceProxy;
import com.hazelcast.internal.partition.IPartition;
import com.hazelcast.map.impl.record.Record;
import com.hazelcast.map.impl.recordstore.RecordStore;
import com.hazelcast.partition.MigrationListener;
import com.hazelcast.partition.MigrationState;
import com.hazelcast.partition.ReplicaMigrationEvent;
import com.hazelcast.spi.impl.NodeEngineImpl;
import io.stentor.history.LogJournal;
import io.stentor.history.RoomLog;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the journal of a node in step with the logs and copies that Hazelcast brings to the node
 * and takes away from it: what has arrived is recorded, and what has left is forgotten. Operations
 * on a log record what they change themselves.
 */
final class JournalSync {

  private final NodeEngineImpl engine;
  private final HistoryContext context;
  private final LogJournal journal;

  /** Whether the journal may forget rooms that are on other nodes only. */
  private volatile boolean forgets;

  /**
   * Whether this node joins another part of the cluster. Its logs are then in no partition until
   * that part has them.
   */
  private volatile boolean merging;

  private int next;

  /** Rooms that were on other nodes only in the last round. Used by the thread for tasks only. */
  private Set<String> elsewhere = new HashSet<>();

  private JournalSync(HazelcastInstance hazelcast, LogJournal journal) {
    HazelcastInstanceImpl instance = ((HazelcastInstanceProxy) hazelcast).getOriginal();
    this.engine = instance.node.getNodeEngine();
    this.context = HistoryContext.of(hazelcast);
    this.journal = journal;
  }

  /** Starts to follow what Hazelcast moves, and to rewrite logs for the journal. */
  static JournalSync start(HazelcastInstance hazelcast, LogJournal journal) {
    JournalSync sync = new JournalSync(hazelcast, journal);
    journal.onRewrite(sync::rewrite);
    hazelcast.getPartitionService().addMigrationListener(sync.new Arrivals());
    return sync;
  }

  /**
   * Looks at the next {@code count} partitions, and once per round at the rooms that have left.
   * Does not wait. Must not be called concurrently.
   */
  void check(int count) {
    int all = engine.getPartitionService().getPartitionCount();
    for (int i = 0; i < Math.min(count, all); i++) {
      next = (next + 1) % all;
      if (isHere(next)) {
        record(next);
      }
      if (next == 0) {
        // Not on the caller's event loop: there may be a million rooms.
        context.tasks().execute(this::forgetElsewhere);
      }
    }
  }

  /**
   * Must be called when the logs of this node are in the cluster again. Forgets rooms that are on
   * other nodes only, now and from now on.
   */
  void restored() {
    for (String room : journal.rooms()) {
      if (!merging && !isHere(partitionOf(room))) {
        journal.forget(room);
      }
    }
    journal.journal().settle();
    forgets = true;
  }

  /** Must be called when this node begins to join another part of the cluster, and after it. */
  void merging(boolean begins) {
    merging = begins;
  }

  private boolean mayForget() {
    return forgets && !merging;
  }

  /** Makes the journal keep what it has, because this node is leaving. */
  void leave() {
    forgets = false;
  }

  /** Forgets rooms that were on other nodes only for a whole round, so no move is in progress. */
  private void forgetElsewhere() {
    Set<String> now = new HashSet<>();
    for (String room : journal.rooms()) {
      if (mayForget() && !isHere(partitionOf(room))) {
        now.add(room);
        if (elsewhere.contains(room)) {
          journal.forget(room);
        }
      }
    }
    elsewhere = now;
  }

  private int partitionOf(String room) {
    return engine.getPartitionService().getPartitionId(engine.toData(room));
  }

  /** Returns whether this node has the logs or the copies of a partition. */
  private boolean isHere(int partition) {
    IPartition where = engine.getPartitionService().getPartition(partition, false);
    return engine.getThisAddress().equals(where.getReplicaAddress(0))
        || engine.getThisAddress().equals(where.getReplicaAddress(1));
  }

  /** Records the logs of a partition that the journal lacks. */
  private void record(int partition) {
    PartitionScan.start(engine, partition, this::record);
  }

  private void record(@Nullable RecordStore<?> store) {
    if (store != null) {
      store.forEach(
          (name, record) -> {
            // What the journal does not take now is found again in the next round.
            if (record.getValue() instanceof RoomLog log && journal.accepts()) {
              context.record(engine.toObject(name), log, Set.of());
            }
          },
          false);
    }
  }

  /** Writes a log to the journal again. */
  private void rewrite(String room) {
    int partition = partitionOf(room);
    if (isHere(partition)) {
      PartitionScan.start(engine, partition, store -> rewrite(room, store));
    } else if (mayForget()) {
      journal.forget(room);
    }
  }

  private void rewrite(String room, @Nullable RecordStore<?> store) {
    Record<?> record = store == null ? null : store.getRecord(engine.toData(room));
    if (record != null && record.getValue() instanceof RoomLog log) {
      journal.rewrite(room, log, context.clock().getAsLong());
    } else if (mayForget()) {
      journal.forget(room);
    }
  }

  /** Looks at a partition as soon as its logs or copies have arrived. */
  private final class Arrivals implements MigrationListener {
    @Override
    public void migrationStarted(MigrationState state) {}

    @Override
    public void migrationFinished(MigrationState state) {}

    @Override
    public void replicaMigrationCompleted(ReplicaMigrationEvent event) {
      if (isHere(event.getPartitionId())) {
        record(event.getPartitionId());
      }
    }

    @Override
    public void replicaMigrationFailed(ReplicaMigrationEvent event) {}
  }
}
