package io.stentor.centrifuge.codec;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.stentor.centrifuge.codec.CommandError.Disconnect;
import io.stentor.centrifuge.codec.ObjectWriter.Content;
import io.stentor.json.Fields;
import io.stentor.json.JsonFields;
import io.stentor.message.Publication;
import io.stentor.message.RoomName;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The protocol in Protobuf: before each command, reply and push is its length. On unidirectional
 * connections pushes have no reply around them, and the client connects with JSON. Any thread.
 */
public final class ProtobufFormat extends ClientFormat {

  /** All formats, by framing. */
  private static final Map<Framing, List<ProtobufFormat>> ALL =
      Framing.OF_BYTES.stream()
          .collect(Collectors.toUnmodifiableMap(one -> one, ProtobufFormat::with));

  /** Of a push in a reply, and of a publication in a push. */
  private static final int NUMBER = 4;

  private static final int CHANNEL = 2;

  /** Stands for a command that is cut off, and is malformed as well. */
  private static final byte[] CUT_OFF = {0};

  private static final int WITH_DELTAS = 4;

  private ProtobufFormat(Framing framing, boolean bare, boolean timed, boolean deltas) {
    super(framing, bare, timed, deltas);
  }

  private static List<ProtobufFormat> with(Framing framing) {
    return List.of(
        new ProtobufFormat(framing, false, false, false),
        new ProtobufFormat(framing, false, true, false),
        new ProtobufFormat(framing, true, false, false),
        new ProtobufFormat(framing, true, true, false),
        new ProtobufFormat(framing, false, false, true),
        new ProtobufFormat(framing, false, true, true));
  }

  /**
   * Returns the format with these properties.
   *
   * @param framing one of {@link Framing#OF_BYTES}
   * @param bare whether the connection is unidirectional: the client sends nothing after it has
   *     connected
   * @param timed whether publications carry their time
   */
  public static ProtobufFormat of(Framing framing, boolean bare, boolean timed) {
    return Objects.requireNonNull(ALL.get(framing)).get((bare ? 2 : 0) + (timed ? 1 : 0));
  }

  @Override
  public ClientFormat withDeltas() {
    return Objects.requireNonNull(ALL.get(framing())).get(WITH_DELTAS + (isTimed() ? 1 : 0));
  }

  @Override
  public boolean carriesBytes() {
    return true;
  }

  @Override
  public int sizeLimit(RoomName room, Publication publication) {
    int pub = ProtobufPublication.size(publication, null, Long.MAX_VALUE, isTimed());
    int push = ProtobufOutput.textSize(room.value()) + ProtobufOutput.sizeOf(pub);
    return framing().overhead() + ProtobufOutput.sizeOf(ProtobufOutput.sizeOf(push));
  }

  @Override
  byte @Nullable [] delta(Publication before, Publication publication) {
    return ProtobufPublication.delta(before, publication);
  }

  @Override
  void encode(
      RoomName room, Publication publication, byte @Nullable [] delta, long offset, ByteBuf out) {
    int pub = ProtobufPublication.size(publication, delta, offset, isTimed());
    int push = ProtobufOutput.textSize(room.value()) + ProtobufOutput.sizeOf(pub);
    int mark = framing().begin(out);
    if (isBare()) {
      ProtobufOutput.writeVarint(push, out);
    } else {
      ProtobufOutput.writeVarint(ProtobufOutput.sizeOf(push), out);
      ProtobufOutput.writeHead(NUMBER, push, out);
    }
    ProtobufOutput.writeText(CHANNEL, room.value(), out);
    ProtobufOutput.writeHead(NUMBER, pub, out);
    ProtobufPublication.write(publication, delta, offset, isTimed(), out);
    framing().end(out, mark);
  }

  @Override
  public ByteBuf reply(Content reply) {
    return framed(ProtobufSchema.REPLY, reply);
  }

  @Override
  public ByteBuf push(Content push) {
    return isBare()
        ? framed(ProtobufSchema.PUSH, push)
        : framed(ProtobufSchema.REPLY, reply -> reply.object("push", push));
  }

  private ByteBuf framed(ProtobufSchema schema, Content content) {
    ByteBuf object = Unpooled.buffer();
    content.writeTo(new ProtobufObjectWriter(schema, isTimed(), object));
    int length = object.readableBytes();
    ByteBuf out = buffer(length + ProtobufOutput.varintSize(length) + framing().overhead());
    int mark = framing().begin(out);
    ProtobufOutput.writeVarint(length, out);
    out.writeBytes(object);
    framing().end(out, mark);
    return out;
  }

  /** A command that is cut off is malformed; those before it count. */
  @Override
  public int split(byte[] message, Consumer<byte[]> commands) {
    if (isBare()) {
      commands.accept(message);
      return message.length == 0 ? 0 : 1;
    }
    int count = 0;
    ProtobufInput in = new ProtobufInput(message, 0, message.length);
    while (in.hasMore()) {
      count++;
      try {
        int length = in.length();
        int from = in.position();
        in.skip(length);
        commands.accept(Arrays.copyOfRange(message, from, from + length));
      } catch (Disconnect e) {
        commands.accept(CUT_OFF);
        return count;
      }
    }
    return count;
  }

  @Override
  public int count(byte[] message) {
    return countCommands(message);
  }

  /** Returns the number of commands in a message, including one that is cut off. */
  public static int countCommands(byte[] message) {
    int count = 0;
    ProtobufInput in = new ProtobufInput(message, 0, message.length);
    while (in.hasMore()) {
      count++;
      try {
        in.skip(in.length());
      } catch (Disconnect e) {
        return count;
      }
    }
    return count;
  }

  @Override
  public Fields fields(byte[] command) {
    return isBare() ? JsonFields.of(command) : ProtobufFields.of(ProtobufSchema.COMMAND, command);
  }

  /**
   * Reads the message {@code EmulationRequest}, in which a client posts commands.
   *
   * @throws Disconnect if it is malformed
   */
  public static Fields post(byte[] body) {
    return ProtobufFields.of(ProtobufSchema.POST, body);
  }
}
