package io.stentor.history;

import com.hazelcast.config.SerializationConfig;
import com.hazelcast.nio.serialization.DataSerializableFactory;
import com.hazelcast.nio.serialization.IdentifiedDataSerializable;
import io.stentor.cluster.WireType;
import java.util.function.LongSupplier;

/**
 * Which of our types travel between nodes, under which numbers. Nothing is serialised by Java's own
 * mechanism. The numbers are part of what nodes of different versions have in common.
 */
final class WireTypes implements DataSerializableFactory {

  static final int FACTORY = 9898;
  static final int APPEND = 1;
  static final int READ = 2;
  static final int REPLICATE = 3;
  static final int NAMES = 4;
  static final int SUMMARIES = 5;
  static final int REMOVE = 6;
  static final int COMPLETE = 7;
  static final int EXPIRE = 8;

  private static final int LOG_TYPE = 9898_1;
  private static final int APPENDED_TYPE = 9898_2;
  private static final int PAGE_TYPE = 9898_3;

  /**
   * Makes the types known.
   *
   * @param clock of this node, since logs travel with ages
   */
  static void register(SerializationConfig config, LongSupplier clock) {
    config.addDataSerializableFactory(FACTORY, new WireTypes());
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
      case APPEND -> new AppendProcessor();
      case READ -> new ReadProcessor();
      case REPLICATE -> new ReplicateProcessor();
      case NAMES -> new NamesTask();
      case SUMMARIES -> new SummariesTask();
      case REMOVE -> new RemoveProcessor();
      case COMPLETE -> new CompleteProcessor();
      case EXPIRE -> new ExpireProcessor();
      default -> throw new IllegalArgumentException("no type " + type);
    };
  }
}
