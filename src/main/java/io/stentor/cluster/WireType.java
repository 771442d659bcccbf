package io.stentor.cluster;

import com.hazelcast.config.SerializationConfig;
import com.hazelcast.config.SerializerConfig;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.StreamSerializer;
import java.io.IOException;

/**
 * A type that travels between nodes under a number, which nodes of different versions have in
 * common. Nothing is serialised by Java's own mechanism. Any thread.
 */
public final class WireType<T> implements StreamSerializer<T> {

  /** How one is written. */
  public interface Writing<T> {
    /** Writes the value; fails where the output does. */
    void write(T value, ObjectDataOutput out) throws IOException;
  }

  /** How one is read. */
  public interface Reading<T> {
    /** Reads a value; fails where the input does. */
    T read(ObjectDataInput in) throws IOException;
  }

  private final int number;
  private final Writing<T> writing;
  private final Reading<T> reading;

  private WireType(int number, Writing<T> writing, Reading<T> reading) {
    this.number = number;
    this.writing = writing;
    this.reading = reading;
  }

  /**
   * Makes a type known to a Hazelcast instance that has not started.
   *
   * @param number that no other type has
   */
  public static <T> void add(
      SerializationConfig config,
      Class<T> type,
      int number,
      Writing<T> writing,
      Reading<T> reading) {
    config.addSerializerConfig(
        new SerializerConfig()
            .setTypeClass(type)
            .setImplementation(new WireType<>(number, writing, reading)));
  }

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
}
