package io.stentor.cluster;

import com.hazelcast.config.SerializationConfig;
import com.hazelcast.config.SerializerConfig;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.StreamSerializer;
import java.io.IOException;

/**
 * The serializer of a type that nodes exchange. Its number is shared with nodes of other versions.
 * Any thread.
 */
public final class WireType<T> implements StreamSerializer<T> {

  /** Writes a value. */
  public interface Writer<T> {
    void write(T value, ObjectDataOutput out) throws IOException;
  }

  /** Reads a value. */
  public interface Reader<T> {
    T read(ObjectDataInput in) throws IOException;
  }

  private final int number;
  private final Writer<T> writer;
  private final Reader<T> reader;

  private WireType(int number, Writer<T> writer, Reader<T> reader) {
    this.number = number;
    this.writer = writer;
    this.reader = reader;
  }

  /**
   * Registers a type at a Hazelcast instance that has not started.
   *
   * @param number used by no other type
   */
  public static <T> void add(
      SerializationConfig config, Class<T> type, int number, Writer<T> writer, Reader<T> reader) {
    config.addSerializerConfig(
        new SerializerConfig()
            .setTypeClass(type)
            .setImplementation(new WireType<>(number, writer, reader)));
  }

  @Override
  public int getTypeId() {
    return number;
  }

  @Override
  public void write(ObjectDataOutput out, T value) throws IOException {
    writer.write(value, out);
  }

  @Override
  public T read(ObjectDataInput in) throws IOException {
    return reader.read(in);
  }
}
