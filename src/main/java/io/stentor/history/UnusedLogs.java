package io.stentor.history;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.instance.impl.HazelcastInstanceImpl;
import com.hazelcast.instance.impl.HazelcastInstanceProxy;
import com.hazelcast.map.IMap;
import com.hazelcast.map.impl.MapService;
import com.hazelcast.map.impl.recordstore.RecordStore;
import com.hazelcast.spi.impl.NodeEngineImpl;
import com.hazelcast.spi.impl.PartitionSpecificRunnable;
import java.util.ArrayList;
import java.util.List;

/** Removes the logs of this node that nobody has used for a while. One caller at a time. */
final class UnusedLogs {

  /*
   * Not Hazelcast's own expiry: that compares wall clocks, also of different nodes when a log
   * moves, so a clock that is set would remove logs that are in use.
   */

  /** Most logs that are removed of one partition before it is looked at again. */
  private static final int MAX_AT_ONCE = 1000;

  private final IMap<String, RoomLog> logs;
  private final NodeEngineImpl engine;
  private final NodeContext context;
  private int next;
  private long heldUntilMillis = Long.MIN_VALUE;

  UnusedLogs(HazelcastInstance hazelcast, IMap<String, RoomLog> logs) {
    HazelcastInstanceImpl instance = ((HazelcastInstanceProxy) hazelcast).getOriginal();
    this.engine = instance.node.getNodeEngine();
    this.context = NodeContext.of(hazelcast);
    this.logs = logs;
  }

  /** Looks at the next {@code count} partitions. Does not wait for what comes of it. */
  void remove(int count) {
    if (context.clock().getAsLong() < heldUntilMillis) {
      return;
    }
    int all = engine.getPartitionService().getPartitionCount();
    for (int i = 0; i < Math.min(count, all); i++) {
      next = (next + 1) % all;
      if (engine.getPartitionService().isPartitionOwner(next)) {
        engine.getOperationService().execute(new Look(next));
      }
    }
  }

  /** Removes nothing for a minute. By the caller of {@link #remove}. */
  void hold() {
    heldUntilMillis = context.clock().getAsLong() + 1000L * RoomLog.IDLE_MARGIN_SECONDS;
  }

  /** Looks at one partition, on the thread that it belongs to. */
  private final class Look implements PartitionSpecificRunnable {
    private final int partition;

    Look(int partition) {
      this.partition = partition;
    }

    @Override
    public int getPartitionId() {
      return partition;
    }

    @Override
    public void run() {
      MapService maps = engine.getService(MapService.SERVICE_NAME);
      RecordStore<?> store =
          maps.getMapServiceContext().getExistingRecordStore(partition, ClusterHistory.MAP);
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
      unused.forEach(room -> logs.submitToKey(room, new ExpireProcessor()));
    }
  }
}
