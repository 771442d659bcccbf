package io.stentor.history.cluster;

import com.hazelcast.map.impl.MapService;
import com.hazelcast.map.impl.recordstore.RecordStore;
import com.hazelcast.spi.impl.NodeEngineImpl;
import com.hazelcast.spi.impl.PartitionSpecificRunnable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Looks at the logs of one partition, on that partition's thread, so nothing else uses them. */
final class PartitionScan implements PartitionSpecificRunnable {

  private final NodeEngineImpl engine;
  private final int partition;
  private final Consumer<@Nullable RecordStore<?>> work;

  private PartitionScan(
      NodeEngineImpl engine, int partition, Consumer<@Nullable RecordStore<?>> work) {
    this.engine = engine;
    this.partition = partition;
    this.work = work;
  }

  /**
   * Starts a scan. Does not wait for it.
   *
   * @param work is given the logs and copies that this node has of the partition; null if it has
   *     none
   */
  static void start(NodeEngineImpl engine, int partition, Consumer<@Nullable RecordStore<?>> work) {
    engine.getOperationService().execute(new PartitionScan(engine, partition, work));
  }

  @Override
  public int getPartitionId() {
    return partition;
  }

  @Override
  public void run() {
    MapService maps = engine.getService(MapService.SERVICE_NAME);
    work.accept(maps.getMapServiceContext().getExistingRecordStore(partition, HistoryContext.LOGS));
  }
}
