package io.stentor.history;

import com.hazelcast.config.SerializationConfig;
import com.hazelcast.nio.serialization.DataSerializableFactory;
import com.hazelcast.nio.serialization.IdentifiedDataSerializable;
import io.stentor.cluster.WireType;
import java.util.function.LongSupplier;

/**
 * Registers the types that are sent between nodes, with their type IDs. Java serialization is not
 * used. The IDs are part of the wire format between nodes of different versions.
 */
final class WireTypes implements DataSerializableFactory {

  private static final int LOG_TYPE = 9898_1;
  private static final int APPENDED_TYPE = 9898_2;
  private static final int PAGE_TYPE = 9898_3;

  /**
   * Registers the types.
   *
   * @param clock clock of this node, because logs are sent with ages
   */
  static void register(SerializationConfig config, LongSupplier clock) {
    config.addDataSerializableFactory(LogWire.FACTORY, new WireTypes());
    WireType.add(
        config,
        RoomLog.class,
        LOG_TYPE,
        (log, out) -> LogWire.write(log, clock.getAsLong(), out),
        in -> LogWire.readLog(in, clock.getAsLong()));
    WireType.add(config, Appended.class, APPENDED_TYPE, LogWire::write, LogWire::readAppended);
    WireType.add(config, Page.class, PAGE_TYPE, LogWire::write, LogWire::readPage);
  }

  @Override
  public IdentifiedDataSerializable create(int type) {
    return switch (type) {
      case LogWire.APPEND -> new LogOperations.Append();
      case LogWire.READ -> new LogOperations.Read();
      case LogWire.REPLICATE -> new LogProcessor.Replicate();
      case LogWire.NAMES -> new ClusterLists.NamesTask();
      case LogWire.SUMMARIES -> new ClusterLists.SummariesTask();
      case LogWire.REMOVE -> new LogOperations.RemoveAll();
      case LogWire.COMPLETE -> new LogProcessor.Complete();
      case LogWire.CONFIRM -> new LogOperations.Confirm();
      case LogWire.EXPIRE -> new UnusedLogs.Expire();
      default -> throw new IllegalArgumentException("no type " + type);
    };
  }
}
