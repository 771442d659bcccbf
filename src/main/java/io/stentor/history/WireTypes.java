package io.stentor.history;

import com.hazelcast.config.SerializationConfig;
import com.hazelcast.config.SerializerConfig;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.DataSerializableFactory;
import com.hazelcast.nio.serialization.IdentifiedDataSerializable;
import com.hazelcast.nio.serialization.StreamSerializer;
import java.io.IOException;

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

  private static final int LOG_TYPE = 9898_1;
  private static final int APPENDED_TYPE = 9898_2;
  private static final int PAGE_TYPE = 9898_3;

  /** Makes the types known. */
  static void register(SerializationConfig config) {
    config.addDataSerializableFactory(FACTORY, new WireTypes());
    add(config, RoomLog.class, LOG_TYPE, LogWire::write, LogWire::readLog);
    add(config, Appended.class, APPENDED_TYPE, LogWire::write, LogWire::readAppended);
    add(config, Page.class, PAGE_TYPE, LogWire::write, LogWire::readPage);
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
      default -> throw new IllegalArgumentException("no type " + type);
    };
  }

  private interface Writing<T> {
    void write(T value, ObjectDataOutput out) throws IOException;
  }

  private interface Reading<T> {
    T read(ObjectDataInput in) throws IOException;
  }

  private static <T> void add(
      SerializationConfig config,
      Class<T> type,
      int number,
      Writing<T> writing,
      Reading<T> reading) {
    StreamSerializer<T> serializer =
        new StreamSerializer<>() {
          @Override
          public int getTypeId() {
            return number;
          }

          @Override
          public void write(ObjectDataOutput out, T value) throws IOException {
            writing.write(value, out);
          }

          @Override
          public T read(ObjectDataInput in) throws IOException {
            return reading.read(in);
          }
        };
    config.addSerializerConfig(
        new SerializerConfig().setTypeClass(type).setImplementation(serializer));
  }
}
