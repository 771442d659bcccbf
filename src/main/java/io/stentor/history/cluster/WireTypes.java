package io.stentor.history.cluster;

import com.hazelcast.config.Config;
import io.stentor.cluster.WireType;
import io.stentor.history.LogWire;
import java.util.function.LongSupplier;

/**
 * Registers what is sent between nodes with the numbers of its types, which are shared with nodes
 * of other versions. Java serialization is not used.
 */
final class WireTypes {

  private WireTypes() {}

  /**
   * Registers the types.
   *
   * @param clock clock of this node, because logs are sent with ages
   */
  static void register(Config config, LongSupplier clock) {
    LogWire.register(config, clock);
    WireType.addTask(config, LogOperations.Append.class, 9898_101, LogOperations.Append::new);
    WireType.addTask(config, LogOperations.Read.class, 9898_102, LogOperations.Read::new);
    WireType.addTask(config, LogProcessor.Replicate.class, 9898_103, LogProcessor.Replicate::new);
    WireType.addTask(config, ClusterLists.NamesTask.class, 9898_104, ClusterLists.NamesTask::new);
    WireType.addTask(
        config, ClusterLists.SummariesTask.class, 9898_105, ClusterLists.SummariesTask::new);
    WireType.addTask(config, LogOperations.RemoveAll.class, 9898_106, LogOperations.RemoveAll::new);
    WireType.addTask(config, LogProcessor.Complete.class, 9898_107, LogProcessor.Complete::new);
    WireType.addTask(config, UnusedLogs.Expire.class, 9898_108, UnusedLogs.Expire::new);
    WireType.addTask(config, LogOperations.Confirm.class, 9898_109, LogOperations.Confirm::new);
    WireType.addTask(config, JournalReports.Message.class, 9898_110, JournalReports.Message::new);
    WireType.addTask(config, RestoredLogs.Offer.class, 9898_111, RestoredLogs.Offer::new);
    WireType.addTask(config, RestoredLogs.Restore.class, 9898_112, RestoredLogs.Restore::new);
  }
}
