package io.stentor.cluster;

import com.hazelcast.config.SerializationConfig;
import com.hazelcast.config.SerializerConfig;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.StreamSerializer;
import io.stentor.message.Member;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.UUID;

/**
 * The serializer of a type that nodes exchange, and the formats of values in several such types.
 * The number of a type is shared with nodes of other versions. Any thread.
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

  public static void write(UUID uuid, ObjectDataOutput out) throws IOException {
    out.writeLong(uuid.getMostSignificantBits());
    out.writeLong(uuid.getLeastSignificantBits());
  }

  public static UUID readUuid(ObjectDataInput in) throws IOException {
    return new UUID(in.readLong(), in.readLong());
  }

  /** Reads a string that is not null. */
  public static String readText(ObjectDataInput in) throws IOException {
    return Objects.requireNonNull(in.readString());
  }

  public static void write(Member member, ObjectDataOutput out) throws IOException {
    out.writeString(member.connection());
    out.writeString(member.user());
    out.writeString(member.info());
    out.writeString(member.roomInfo());
  }

  public static Member readMember(ObjectDataInput in) throws IOException {
    return new Member(readText(in), readText(in), in.readString(), in.readString());
  }

  /** Writes the number of elements in 4 bytes, and the elements. */
  public static <T> void write(
      Collection<? extends T> elements, Writer<T> writer, ObjectDataOutput out) throws IOException {
    out.writeInt(elements.size());
    for (T element : elements) {
      writer.write(element, out);
    }
  }

  /** Reads what {@link #write(Collection, Writer, ObjectDataOutput)} wrote. */
  public static <T> List<T> readList(Reader<? extends T> reader, ObjectDataInput in)
      throws IOException {
    int count = in.readInt();
    List<T> elements = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      elements.add(reader.read(in));
    }
    return elements;
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
