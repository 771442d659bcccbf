package io.stentor.history.cluster;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.instance.impl.HazelcastInstanceImpl;
import com.hazelcast.instance.impl.HazelcastInstanceProxy;
import com.hazelcast.map.EntryProcessor;
import com.hazelcast.map.IMap;
import com.hazelcast.map.impl.recordstore.RecordStore;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.spi.impl.NodeEngineImpl;
import io.stentor.cluster.RemoteTask;
import io.stentor.history.RoomLog;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Removes the logs of this node that have been unused for a while. Methods must not be called
 * concurrently.
 */
final class UnusedLogs {

  /*
   * This does not use Hazelcast's own expiry, which compares wall clocks, even of different nodes
   * when a log moves. A change of the system clock would remove logs that are in use.
   */

  /** Maximum number of logs removed from one partition per scan. */
  private static final int MAX_AT_ONCE = 1000;

  private final IMap<String, RoomLog> logs;
  private final NodeEngineImpl engine;
  private final HistoryContext context;
  private int next;
  private long heldUntilMillis = Long.MIN_VALUE;

  UnusedLogs(HazelcastInstance hazelcast, IMap<String, RoomLog> logs) {
    HazelcastInstanceImpl instance = ((HazelcastInstanceProxy) hazelcast).getOriginal();
    this.engine = instance.node.getNodeEngine();
    this.context = HistoryContext.of(hazelcast);
    this.logs = logs;
  }

  /** Scans the next {@code count} partitions. Does not wait for the removals. */
  void remove(int count) {
    if (context.clock().getAsLong() < heldUntilMillis) {
      return;
    }
    int all = engine.getPartitionService().getPartitionCount();
    for (int i = 0; i < Math.min(count, all); i++) {
      next = (next + 1) % all;
      if (engine.getPartitionService().isPartitionOwner(next)) {
        PartitionScan.start(engine, next, this::remove);
      }
    }
  }

  /** Suspends removals for a minute. Called by the caller of {@link #remove}. */
  void hold() {
    heldUntilMillis = context.clock().getAsLong() + 1000L * RoomLog.IDLE_MARGIN_SECONDS;
  }

  private void remove(@Nullable RecordStore<?> store) {
    if (store == null) {
      return;
    }
    long now = context.clock().getAsLong();
    List<String> unused = new ArrayList<>();
    store.forEach(
        (name, record) -> {
          if (unused.size() < MAX_AT_ONCE
              && record.getValue() instanceof RoomLog log
              && log.isUnused(now)) {
            unused.add(engine.toObject(name));
          }
        },
        false);
    unused.forEach(room -> logs.submitToKey(room, new Expire()));
  }

  /** Removes a log if it is still unused, and then its copy. */
  static final class Expire extends RemoteTask
      implements EntryProcessor<String, RoomLog, @Nullable Void> {

    private transient @Nullable Expire forCopy;
    private boolean copy;

    Expire() {}

    @Override
    @SuppressWarnings("NullAway") // A null value removes the entry.
    public @Nullable Void process(Map.Entry<String, RoomLog> entry) {
      RoomLog log = entry.getValue();
      HazelcastInstance here = hazelcast();
      HistoryContext node = here == null ? null : HistoryContext.of(here);
      if (log != null && node != null && (copy || log.isUnused(node.clock().getAsLong()))) {
        if (node.journal() != null) {
          node.journal().removed(entry.getKey(), log);
        }
        entry.setValue(null);
        if (!copy) {
          node.epochs().removed(entry.getKey());
          forCopy = new Expire();
          forCopy.copy = true;
        }
      }
      return null;
    }

    @Override
    public @Nullable EntryProcessor<String, RoomLog, @Nullable Void> getBackupProcessor() {
      return forCopy;
    }

    @Override
    protected void write(ObjectDataOutput out, int version) throws IOException {
      out.writeBoolean(copy);
    }

    @Override
    protected void read(ObjectDataInput in, int version) throws IOException {
      copy = in.readBoolean();
    }
  }
}
