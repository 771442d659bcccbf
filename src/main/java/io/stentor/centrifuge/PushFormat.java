package io.stentor.centrifuge;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.stentor.json.JsonWriter;
import io.stentor.message.CloseReason;
import io.stentor.message.Publication;
import io.stentor.message.RoomName;
import io.stentor.room.Cursor.Notice;
import io.stentor.room.Format;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * Encodes everything that is sent to a client, as one framed object each. Publications are pushes,
 * {@code {"push":{"channel":"…","pub":{…}}}}; on unidirectional connections they are bare, {@code
 * {"channel":"…","pub":{…}}}. Notices about a subscription's position are not pushes; {@link
 * Subscription} handles them. Thread-safe.
 */
public final class PushFormat implements Format {

  /** All formats, by framing. */
  private static final Map<Framing, List<PushFormat>> ALL =
      Framing.ALL.stream().collect(Collectors.toUnmodifiableMap(one -> one, PushFormat::with));

  /** The maximum number of UTF-8 bytes per {@code char}: four bytes encode a pair of them. */
  private static final int MOST_BYTES_A_CHARACTER = 3;

  private static final byte[] PUSH = utf8("{\"push\":");
  private static final byte[] CHANNEL = utf8("{\"channel\":\"");
  private static final byte[] PUB = utf8("\",\"pub\":");

  private final Framing framing;
  private final boolean bare;
  private final boolean timed;

  private PushFormat(Framing framing, boolean bare, boolean timed) {
    this.framing = framing;
    this.bare = bare;
    this.timed = timed;
  }

  private static List<PushFormat> with(Framing framing) {
    return List.of(
        new PushFormat(framing, false, false),
        new PushFormat(framing, false, true),
        new PushFormat(framing, true, false),
        new PushFormat(framing, true, true));
  }

  /**
   * Returns the format with these properties.
   *
   * @param bare whether the connection is unidirectional: the client sends nothing after it has
   *     connected
   * @param timed whether publications carry their time
   */
  public static PushFormat of(Framing framing, boolean bare, boolean timed) {
    return Objects.requireNonNull(ALL.get(framing)).get((bare ? 2 : 0) + (timed ? 1 : 0));
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Returns whether publications carry their time, in pushes and in replies. */
  boolean timed() {
    return timed;
  }

  /** Returns whether the connection is unidirectional: only pushes are sent. */
  boolean isBare() {
    return bare;
  }

  @Override
  public int sizeLimit(RoomName room, Publication publication) {
    int name = room.value().length() * MOST_BYTES_A_CHARACTER;
    int around = framing.overhead() + PUSH.length + CHANNEL.length + PUB.length + 2;
    return around + name + Pushes.publicationSize(publication);
  }

  @Override
  public void encode(RoomName room, Publication publication, long epoch, long offset, ByteBuf out) {
    int mark = begin(out);
    out.writeBytes(CHANNEL);
    // Room names contain no characters that need escaping.
    out.writeCharSequence(room.value(), StandardCharsets.UTF_8);
    out.writeBytes(PUB);
    Pushes.writePublication(publication, offset, timed, out);
    out.writeByte('}');
    end(out, mark);
  }

  private int begin(ByteBuf out) {
    int mark = framing.begin(out);
    if (!bare) {
      out.writeBytes(PUSH);
    }
    return mark;
  }

  private void end(ByteBuf out, int mark) {
    if (!bare) {
      out.writeByte('}');
    }
    framing.end(out, mark);
  }

  @Override
  public boolean encode(Notice notice, ByteBuf out) {
    return false;
  }

  /** Frames a complete object, such as a reply. */
  ByteBuf framed(JsonWriter line) {
    ByteBuf object = line.bytes();
    ByteBuf out = buffer(object.readableBytes() + framing.overhead());
    int mark = framing.begin(out);
    out.writeBytes(object);
    framing.end(out, mark);
    return out;
  }

  /** Frames a push, which is passed without the {@code push} wrapper. */
  ByteBuf framedPush(JsonWriter push) {
    ByteBuf object = push.bytes();
    ByteBuf out = buffer(object.readableBytes() + framing.overhead() + PUSH.length + 1);
    int mark = begin(out);
    out.writeBytes(object);
    end(out, mark);
    return out;
  }

  private static ByteBuf buffer(int bytes) {
    return PooledByteBufAllocator.DEFAULT.directBuffer(bytes);
  }

  /** Returns the final push of a transport that cannot otherwise convey the close reason. */
  public ByteBuf disconnect(CloseReason reason) {
    return framedPush(Pushes.disconnect(reason));
  }
}
