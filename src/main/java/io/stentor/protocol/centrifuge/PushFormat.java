package io.stentor.protocol.centrifuge;

import io.netty.buffer.ByteBuf;
import io.stentor.message.Publication;
import io.stentor.message.RoomName;
import io.stentor.room.Format;
import io.stentor.room.Notice;
import java.nio.charset.StandardCharsets;

/**
 * Publications as pushes: {@code {"push":{"channel":"…","pub":{…}}}}, one framed object each. What
 * a subscription is told of its place is no push and is left to {@link Subscription}. Any thread.
 */
public final class PushFormat implements Format {

  /** Pushes in WebSocket frames. */
  public static final PushFormat WEB_SOCKET = new PushFormat(Framing.WEB_SOCKET, false);

  /** The same, with the time of each publication. */
  public static final PushFormat WEB_SOCKET_TIMED = new PushFormat(Framing.WEB_SOCKET, true);

  private static final byte[] PUSH = "{\"push\":{\"channel\":\"".getBytes(StandardCharsets.UTF_8);
  private static final byte[] PUB = "\",\"pub\":".getBytes(StandardCharsets.UTF_8);
  private static final byte[] END = "}}".getBytes(StandardCharsets.UTF_8);

  private final Framing framing;
  private final boolean timed;

  private PushFormat(Framing framing, boolean timed) {
    this.framing = framing;
    this.timed = timed;
  }

  /** Whether publications carry their time, wherever they are told. */
  boolean timed() {
    return timed;
  }

  /** What stands around each push, and around everything else on these connections. */
  public Framing framing() {
    return framing;
  }

  @Override
  public int sizeLimit(RoomName room, Publication publication) {
    int name = room.value().length() * MOST_BYTES_A_CHARACTER;
    int around = framing.overhead() + PUSH.length + PUB.length + END.length;
    return around + name + PublicationJson.size(publication);
  }

  /** UTF-8 needs three bytes for a {@code char}, and four for two of them. */
  private static final int MOST_BYTES_A_CHARACTER = 3;

  @Override
  public void encode(RoomName room, Publication publication, long epoch, long offset, ByteBuf out) {
    int mark = framing.begin(out);
    out.writeBytes(PUSH);
    // The characters of a room's name need no escape.
    out.writeCharSequence(room.value(), StandardCharsets.UTF_8);
    out.writeBytes(PUB);
    PublicationJson.write(publication, offset, timed, out);
    out.writeBytes(END);
    framing.end(out, mark);
  }

  @Override
  public boolean encode(Notice notice, ByteBuf out) {
    return false;
  }
}
