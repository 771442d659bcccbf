package io.stentor.centrifuge.codec;

import io.netty.buffer.ByteBuf;
import io.stentor.centrifuge.codec.ObjectWriter.Content;
import io.stentor.json.Fields;
import io.stentor.json.JsonFields;
import io.stentor.message.Publication;
import io.stentor.message.RoomName;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The protocol in JSON: each object has a frame of its own, and commands are lines. Publications
 * are {@code {"push":{"channel":"…","pub":{…}}}}, or {@code {"channel":"…","pub":{…}}} on
 * unidirectional connections. With deltas, {@code data} is a string with the content or a patch.
 * Any thread.
 */
public final class JsonFormat extends ClientFormat {

  /** All formats, by framing. */
  private static final Map<Framing, List<JsonFormat>> ALL =
      Framing.OF_TEXT.stream().collect(Collectors.toUnmodifiableMap(one -> one, JsonFormat::with));

  /** The maximum number of UTF-8 bytes per {@code char}: four bytes encode a pair of them. */
  private static final int MOST_BYTES_A_CHARACTER = 3;

  private static final byte[] PUSH = utf8("{\"push\":");
  private static final byte[] CHANNEL = utf8("{\"channel\":\"");
  private static final byte[] PUB = utf8("\",\"pub\":");

  private static final int WITH_DELTAS = 4;

  private JsonFormat(Framing framing, boolean bare, boolean timed, boolean deltas) {
    super(framing, bare, timed, deltas);
  }

  private static List<JsonFormat> with(Framing framing) {
    return List.of(
        new JsonFormat(framing, false, false, false),
        new JsonFormat(framing, false, true, false),
        new JsonFormat(framing, true, false, false),
        new JsonFormat(framing, true, true, false),
        new JsonFormat(framing, false, false, true),
        new JsonFormat(framing, false, true, true));
  }

  /**
   * Returns the format with these properties.
   *
   * @param framing one of {@link Framing#OF_TEXT}
   * @param bare whether the connection is unidirectional: the client sends nothing after it has
   *     connected
   * @param timed whether publications carry their time
   */
  public static JsonFormat of(Framing framing, boolean bare, boolean timed) {
    return Objects.requireNonNull(ALL.get(framing)).get((bare ? 2 : 0) + (timed ? 1 : 0));
  }

  @Override
  public ClientFormat withDeltas() {
    return Objects.requireNonNull(ALL.get(framing())).get(WITH_DELTAS + (isTimed() ? 1 : 0));
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public boolean carriesBytes() {
    return false;
  }

  @Override
  public int sizeLimit(RoomName room, Publication publication) {
    int name = room.value().length() * MOST_BYTES_A_CHARACTER;
    int around = framing().overhead() + PUSH.length + CHANNEL.length + PUB.length + 2;
    return around
        + name
        + (hasDeltas()
            ? JsonPublication.sizeAsString(publication)
            : JsonPublication.size(publication));
  }

  @Override
  byte @Nullable [] delta(Publication before, Publication publication) {
    return JsonPublication.delta(before, publication);
  }

  @Override
  void encode(
      RoomName room, Publication publication, byte @Nullable [] delta, long offset, ByteBuf out) {
    int mark = begin(out);
    out.writeBytes(CHANNEL);
    // Room names contain no characters that need escaping.
    out.writeCharSequence(room.value(), StandardCharsets.UTF_8);
    out.writeBytes(PUB);
    if (hasDeltas()) {
      JsonPublication.writeAsString(publication, delta, offset, isTimed(), out);
    } else {
      JsonPublication.write(publication, offset, isTimed(), out);
    }
    out.writeByte('}');
    end(out, mark);
  }

  private int begin(ByteBuf out) {
    int mark = framing().begin(out);
    if (!isBare()) {
      out.writeBytes(PUSH);
    }
    return mark;
  }

  private void end(ByteBuf out, int mark) {
    if (!isBare()) {
      out.writeByte('}');
    }
    framing().end(out, mark);
  }

  @Override
  public ByteBuf reply(Content reply) {
    ByteBuf object = JsonObjectWriter.json(reply, isTimed()).bytes();
    ByteBuf out = buffer(object.readableBytes() + framing().overhead());
    int mark = framing().begin(out);
    out.writeBytes(object);
    framing().end(out, mark);
    return out;
  }

  @Override
  public ByteBuf push(Content push) {
    ByteBuf object = JsonObjectWriter.json(push, isTimed()).bytes();
    ByteBuf out = buffer(object.readableBytes() + framing().overhead() + PUSH.length + 1);
    int mark = begin(out);
    out.writeBytes(object);
    end(out, mark);
    return out;
  }

  /** A command is a line that is not blank. */
  @Override
  public int split(byte[] message, Consumer<byte[]> commands) {
    if (isBare()) {
      if (message.length > 0) {
        commands.accept(message);
      }
      return Math.min(1, message.length);
    }
    int count = 0;
    int from = 0;
    for (int i = 0; i <= message.length; i++) {
      if (i == message.length || message[i] == '\n') {
        if (!isBlank(message, from, i)) {
          commands.accept(Arrays.copyOfRange(message, from, i));
          count++;
        }
        from = i + 1;
      }
    }
    return count;
  }

  private static boolean isBlank(byte[] message, int from, int to) {
    for (int i = from; i < to; i++) {
      if (message[i] != ' ' && message[i] != '\t' && message[i] != '\r') {
        return false;
      }
    }
    return true;
  }

  @Override
  public int count(byte[] message) {
    return countLines(message);
  }

  /** Returns the number of lines that are not blank. */
  public static int countLines(byte[] message) {
    int count = 0;
    boolean within = false;
    for (byte next : message) {
      if (next == '\n') {
        within = false;
      } else if (!within && next != ' ' && next != '\t' && next != '\r') {
        within = true;
        count++;
      }
    }
    return count;
  }

  @Override
  public Fields fields(byte[] command) {
    return JsonFields.of(command);
  }
}
