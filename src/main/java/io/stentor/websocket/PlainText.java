package io.stentor.websocket;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.stentor.message.Position;
import io.stentor.message.Publication;
import io.stentor.message.RoomName;
import io.stentor.room.Format;
import io.stentor.room.Notice;
import org.jspecify.annotations.Nullable;

/**
 * The plain protocol: one WebSocket text message is one publication, both ways.
 *
 * <p>With the sub-protocol {@value #CURSOR_SUB_PROTOCOL} each outgoing message begins with its
 * position and a newline, so that a client without any library can resume; and control lines, which
 * begin with <code>{</code> as no position does, report the position of the client:
 *
 * <ul>
 *   <li><code>{"position":"1a2b:42"}</code>: joined; the next message has offset 43.
 *   <li><code>{"position":"1a2b:42","recovered":true}</code>: resumed; everything after 42 follows.
 *   <li><code>{"position":"9z8y:7","recovered":false}</code>: messages were lost to this client.
 *   <li><code>{"position":"1a2b:60","skipped":18}</code>: 18 messages were left out, too slow.
 * </ul>
 *
 * Without it there is no way to report lost messages; the connection is closed with 3010 instead.
 */
public final class PlainText {

  /** Name of the sub-protocol with positions. */
  public static final String CURSOR_SUB_PROTOCOL = "stentor.cursor";

  /** Texts as they are. */
  static final Format TEXT = new Texts();

  /** Texts behind their positions. */
  static final Format CURSOR = new Cursors();

  private static final int MAX_HEADER_BYTES = 10;
  private static final int MAX_POSITION_BYTES = 8 + 1 + 19 + 1;

  /** First byte of a text frame that is a whole message (RFC 6455, section 5.2). */
  private static final int FINAL_TEXT = 0x81;

  private PlainText() {}

  /** The format of a chosen sub-protocol, or of none. */
  static Format format(@Nullable String subProtocol) {
    return CURSOR_SUB_PROTOCOL.equals(subProtocol) ? CURSOR : TEXT;
  }

  /** Writes the header of an unmasked text frame (RFC 6455, section 5.2). */
  private static void header(int length, ByteBuf out) {
    out.writeByte(FINAL_TEXT);
    if (length < 126) {
      out.writeByte(length);
    } else if (length < 65_536) {
      out.writeByte(126);
      out.writeShort(length);
    } else {
      out.writeByte(127);
      out.writeLong(length);
    }
  }

  /** A text as it is, a JSON string as its value, other JSON as its source. */
  public static byte[] plain(Publication publication) {
    return publication.asText().data();
  }

  /** The position of a client, as a line of ASCII. */
  public static String json(Notice notice) {
    String more =
        switch (notice.kind()) {
          case JOINED -> "";
          case RECOVERED -> ",\"recovered\":true";
          case LOST -> ",\"recovered\":false";
          case SKIPPED -> ",\"skipped\":" + notice.skipped();
        };
    return "{\"position\":\"" + notice.position() + "\"" + more + "}";
  }

  private static final class Texts implements Format {
    @Override
    public int sizeLimit(RoomName room, Publication publication) {
      return MAX_HEADER_BYTES + publication.bytes();
    }

    @Override
    public void encode(
        RoomName room, Publication publication, long epoch, long offset, ByteBuf out) {
      byte[] data = plain(publication);
      header(data.length, out);
      out.writeBytes(data);
    }

    @Override
    public boolean encode(Notice notice, ByteBuf out) {
      return false;
    }
  }

  private static final class Cursors implements Format {
    @Override
    public int sizeLimit(RoomName room, Publication publication) {
      return MAX_HEADER_BYTES + MAX_POSITION_BYTES + publication.bytes();
    }

    @Override
    public void encode(
        RoomName room, Publication publication, long epoch, long offset, ByteBuf out) {
      byte[] data = plain(publication);
      String position = Position.epochText(epoch) + ":" + offset + "\n";
      header(position.length() + data.length, out);
      ByteBufUtil.writeAscii(out, position);
      out.writeBytes(data);
    }

    @Override
    public boolean encode(Notice notice, ByteBuf out) {
      String line = json(notice);
      header(line.length(), out);
      ByteBufUtil.writeAscii(out, line);
      return true;
    }
  }
}
