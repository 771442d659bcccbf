package io.stentor.cluster;

import io.stentor.message.Member;
import io.stentor.message.RoomName;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageCodec;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.tracing.TracingPolicy;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Sends messages of one type to all nodes that have a room, over the event bus: one address per
 * room, one consumer per room and node. Delivery is best effort and ordered per sender only. Any
 * thread.
 */
public class BroadcastBus<T> {

  private final EventBus bus;
  private final String prefix;
  private final DeliveryOptions options;

  /**
   * Creates a bus and registers its format, which can be done once for each Vert.x.
   *
   * @param prefix what precedes the name of the room in an address
   */
  public BroadcastBus(Vertx vertx, String prefix, WireFormat<T> format) {
    this.bus = vertx.eventBus();
    this.prefix = prefix;
    this.options =
        new DeliveryOptions().setCodecName(format.name()).setTracingPolicy(TracingPolicy.IGNORE);
    bus.registerCodec(format);
  }

  /** Sends to every node that has the room, including this one. Losses are not reported. */
  public void publish(RoomName room, T message) {
    bus.publish(prefix + room.value(), message, options);
  }

  /**
   * Registers this node's only consumer of a room. The handler runs on the context of the caller.
   * Messages are certain to arrive only after {@link MessageConsumer#completion()}.
   */
  public MessageConsumer<T> consume(RoomName room, Handler<T> handler) {
    Handler<Message<T>> received = message -> handler.handle(message.body());
    return bus.consumer(prefix + room.value(), received);
  }

  /**
   * How messages travel to other nodes: the {@linkplain WireVersion version} in one byte, and what
   * {@link #write} appends. Within a node, the consumer receives the same object. A member is its
   * connection, user, info and roomInfo; a string is its length in 4 bytes (-1 for null) and UTF-8.
   */
  public abstract static class WireFormat<T> implements MessageCodec<T, T> {

    private final String name;
    private final WireVersion wire;

    /**
     * Creates a format.
     *
     * @param name shared with other nodes
     */
    protected WireFormat(String name, WireVersion wire) {
      this.name = name;
      this.wire = wire;
    }

    /** Appends a message in the form of a version. */
    protected abstract void write(T message, Buffer out, int version);

    /** Reads a message in the form of a version. */
    protected abstract T read(WireReader in, int version);

    /** Appends a string. */
    protected static void append(Buffer out, @Nullable String text) {
      if (text == null) {
        out.appendInt(-1);
      } else {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.appendInt(bytes.length).appendBytes(bytes);
      }
    }

    /** Appends a member. */
    protected static void append(Buffer out, Member member) {
      append(out, member.connection());
      append(out, member.user());
      append(out, member.info());
      append(out, member.roomInfo());
    }

    @Override
    public final void encodeToWire(Buffer out, T message) {
      int version = wire.current();
      write(message, out.appendByte((byte) version), version);
    }

    @Override
    public final T decodeFromWire(int start, Buffer in) {
      WireReader reader = new WireReader(in, start);
      return read(reader, WireVersion.checked(reader.one()));
    }

    @Override
    public final T transform(T message) {
      return message;
    }

    @Override
    public final String name() {
      return name;
    }

    @Override
    public final byte systemCodecID() {
      return -1;
    }
  }

  /** Reads one value after the other. */
  public static final class WireReader {
    private final Buffer in;
    private int position;

    private WireReader(Buffer in, int position) {
      this.in = in;
      this.position = position;
    }

    /** Reads 1 byte. */
    public byte one() {
      return in.getByte(position++);
    }

    /** Reads 4 bytes. */
    public int count() {
      position += Integer.BYTES;
      return in.getInt(position - Integer.BYTES);
    }

    /** Reads 8 bytes. */
    public long number() {
      position += Long.BYTES;
      return in.getLong(position - Long.BYTES);
    }

    /** Reads this many bytes. */
    public byte[] bytes(int length) {
      position += length;
      return in.getBytes(position - length, position);
    }

    /** Reads a string. */
    public @Nullable String textOrNull() {
      int length = count();
      return length < 0 ? null : new String(bytes(length), StandardCharsets.UTF_8);
    }

    /** Reads a string that is not null. */
    public String text() {
      return Objects.requireNonNull(textOrNull());
    }

    /** Reads a member. */
    public Member member() {
      return new Member(text(), text(), textOrNull(), textOrNull());
    }
  }
}
