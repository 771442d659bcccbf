package io.stentor.cluster;

import com.hazelcast.config.Config;
import com.hazelcast.config.SerializerConfig;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.StreamSerializer;
import io.stentor.message.Member;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The serializer of a type that nodes exchange, and the forms of values in several such types. A
 * type is its {@linkplain WireVersion version} in one byte, and what its writer writes. The number
 * of a type is shared with nodes of other versions. Any thread.
 */
public final class WireType<T> implements StreamSerializer<T> {

  /** Writes a value whose form is the same in all versions. */
  public interface Writer<T> {
    void write(T value, DataOutput out) throws IOException;
  }

  /** Reads a value whose form is the same in all versions. */
  public interface Reader<T> {
    T read(DataInput in) throws IOException;
  }

  /** Writes a value in the form of a version. */
  public interface VersionedWriter<T> {
    void write(T value, ObjectDataOutput out, int version) throws IOException;
  }

  /** Reads a value in the form of a version. */
  public interface VersionedReader<T> {
    T read(ObjectDataInput in, int version) throws IOException;
  }

  private final WireVersion wire;
  private final int number;
  private final VersionedWriter<T> writer;
  private final VersionedReader<T> reader;

  private WireType(
      WireVersion wire, int number, VersionedWriter<T> writer, VersionedReader<T> reader) {
    this.wire = wire;
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
      Config config,
      Class<T> type,
      int number,
      VersionedWriter<T> writer,
      VersionedReader<T> reader) {
    config
        .getSerializationConfig()
        .addSerializerConfig(
            new SerializerConfig()
                .setTypeClass(type)
                .setImplementation(new WireType<>(WireVersion.of(config), number, writer, reader)));
  }

  /** Registers a type whose form is the same in all versions. */
  public static <T> void add(
      Config config, Class<T> type, int number, Writer<T> writer, Reader<T> reader) {
    add(
        config,
        type,
        number,
        (value, out, version) -> writer.write(value, out),
        (in, version) -> reader.read(in));
  }

  /**
   * Registers a task.
   *
   * @param create creates a task to read into
   */
  public static <T extends RemoteTask> void addTask(
      Config config, Class<T> type, int number, Supplier<T> create) {
    add(
        config,
        type,
        number,
        RemoteTask::write,
        (in, version) -> {
          T task = create.get();
          task.read(in, version);
          return task;
        });
  }

  public static void write(UUID uuid, DataOutput out) throws IOException {
    out.writeLong(uuid.getMostSignificantBits());
    out.writeLong(uuid.getLeastSignificantBits());
  }

  public static UUID readUuid(DataInput in) throws IOException {
    return new UUID(in.readLong(), in.readLong());
  }

  /** Writes a string as the number of its bytes in UTF-8, -1 for null, and the bytes. */
  public static void write(@Nullable String text, DataOutput out) throws IOException {
    if (text == null) {
      out.writeInt(-1);
    } else {
      write(text.getBytes(StandardCharsets.UTF_8), out);
    }
  }

  /** Writes the number of bytes and the bytes. */
  public static void write(byte[] bytes, DataOutput out) throws IOException {
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  public static @Nullable String readNullable(DataInput in) throws IOException {
    int length = in.readInt();
    return length < 0 ? null : new String(readBytes(length, in), StandardCharsets.UTF_8);
  }

  /** Reads a string that is not null. */
  public static String readText(DataInput in) throws IOException {
    return new String(readBytes(in), StandardCharsets.UTF_8);
  }

  public static byte[] readBytes(DataInput in) throws IOException {
    return readBytes(in.readInt(), in);
  }

  private static byte[] readBytes(int length, DataInput in) throws IOException {
    byte[] bytes = new byte[length];
    in.readFully(bytes);
    return bytes;
  }

  public static void write(Member member, DataOutput out) throws IOException {
    write(member.connection(), out);
    write(member.user(), out);
    write(member.info(), out);
    write(member.roomInfo(), out);
  }

  public static Member readMember(DataInput in) throws IOException {
    return new Member(readText(in), readText(in), readNullable(in), readNullable(in));
  }

  /** Writes the number of elements in 4 bytes, and the elements. */
  public static <T> void write(Collection<? extends T> elements, Writer<T> writer, DataOutput out)
      throws IOException {
    out.writeInt(elements.size());
    for (T element : elements) {
      writer.write(element, out);
    }
  }

  /** Reads what {@link #write(Collection, Writer, DataOutput)} wrote. */
  public static <T> List<T> readList(Reader<? extends T> reader, DataInput in) throws IOException {
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
    int version = wire.current();
    out.writeByte(version);
    writer.write(value, out, version);
  }

  @Override
  public T read(ObjectDataInput in) throws IOException {
    return reader.read(in, WireVersion.checked(in.readByte()));
  }
}
