package io.stentor.sse;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.stentor.http.EventStreamRefusal;
import io.stentor.json.JsonText;
import io.stentor.message.CloseReason;
import io.stentor.message.Position;
import io.stentor.message.Publication;
import io.stentor.message.Publication.Kind;
import io.stentor.message.RoomName;
import io.stentor.room.Cursor.Notice;
import io.stentor.room.Format;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

/**
 * Encodes server-sent events (WHATWG HTML, section 9.2). One event carries one publication in the
 * format for plain clients, see {@link WebSocketConnection}.
 *
 * <ul>
 *   <li>A publication has no event name, so that {@code onmessage} receives it. Its {@code id} is
 *       its position; it has no {@code id} in a room without a log.
 *   <li>A binary publication is {@code event: binary}; its data is the content in Base64.
 *   <li>{@code event: position} reports the client's position: the JSON of the control lines of
 *       {@code stentor.cursor}, with the position as {@code id}. It is sent first, and again when
 *       messages were skipped or lost.
 *   <li>{@code event: close} is sent last if the server ends the stream: {@code
 *       {"code":3008,"reason":"slow"}}.
 * </ul>
 *
 * <p>A parser returns a text unchanged except for its line breaks: the format is line based, so
 * {@code CR} and {@code CR LF} become {@code LF}.
 *
 * <p>Every blank line ends an event that has data. Some clients report each blank line as an event,
 * so comments and {@code retry:} are single lines that belong to the block of the next event.
 */
public final class ServerSentEvents implements Format {

  /** Wraps each event in one HTTP/1.1 chunk (RFC 9112, section 7.1). */
  public static final ServerSentEvents CHUNKED = new ServerSentEvents(true);

  /** Plain events without chunks, for HTTP/2 and HTTP/1.0. */
  public static final ServerSentEvents UNFRAMED = new ServerSentEvents(false);

  private static final byte[] DATA = ascii("data: ");
  private static final byte[] BINARY = ascii("event: binary\n");
  private static final byte[] CRLF = ascii("\r\n");
  private static final byte[] COMMENT = ascii(":\n");
  private static final byte[] NO_ID = {};

  /**
   * Maximum overhead: eight hexadecimal digits of chunk size, two CRLFs, the {@code id} line and a
   * blank line.
   */
  private static final int MAX_OVERHEAD_BYTES = 8 + 4 + 4 + 8 + 1 + 19 + 1 + 1;

  private final boolean chunked;

  private ServerSentEvents(boolean chunked) {
    this.chunked = chunked;
  }

  /** A limit for a text of one line; each line break in the text adds a few bytes. */
  @Override
  public int sizeLimit(RoomName room, Publication publication) {
    int bytes =
        publication.kind() == Kind.BINARY
            ? BINARY.length + JsonText.base64Size(publication.bytes())
            : publication.bytes();
    return MAX_OVERHEAD_BYTES + DATA.length + bytes + 1;
  }

  @Override
  public void encode(RoomName room, Publication publication, long epoch, long offset, ByteBuf out) {
    byte[] id =
        epoch == 0 ? NO_ID : ascii("id: " + Position.epochText(epoch) + ":" + offset + "\n");
    if (publication.kind() == Kind.BINARY) {
      byte[] head = Arrays.copyOf(BINARY, BINARY.length + id.length);
      System.arraycopy(id, 0, head, BINARY.length, id.length);
      event(head, Base64.getEncoder().encode(publication.data()), out);
    } else {
      event(id, publication.asText().data(), out);
    }
  }

  @Override
  public boolean encode(Notice notice, ByteBuf out) {
    position(notice, notice.json(), out);
    return true;
  }

  /** Appends the first notice of a stream, which tells the client the ID of its connection too. */
  public void encodeFirst(Notice notice, String connection, ByteBuf out) {
    position(notice, notice.json(connection), out);
  }

  private void position(Notice notice, String json, ByteBuf out) {
    event(ascii("event: position\nid: " + notice.position() + "\n"), ascii(json), out);
  }

  /**
   * Appends an event with a name and without an id.
   *
   * @param name the event name that clients listen for; letters only
   */
  public void encode(String name, String data, ByteBuf out) {
    event(ascii("event: " + name + "\n"), data.getBytes(StandardCharsets.UTF_8), out);
  }

  /** Appends an empty comment. Clients ignore it; it keeps proxies from closing the stream. */
  public void encodeComment(ByteBuf out) {
    begin(COMMENT.length, out);
    out.writeBytes(COMMENT);
    end(out);
  }

  /**
   * Appends the reconnection delay in milliseconds. Clients apply the line immediately, even before
   * the event of the same block is complete.
   */
  public void encodeRetry(int retryMillis, ByteBuf out) {
    byte[] line = ascii("retry: " + retryMillis + "\n");
    begin(line.length, out);
    out.writeBytes(line);
    end(out);
  }

  /**
   * Appends the event that reports why the server ends the stream.
   *
   * @param retryMillis the reconnection delay in milliseconds; 0 to omit it
   */
  public void encodeClose(CloseReason reason, int retryMillis, ByteBuf out) {
    String retry = retryMillis > 0 ? "retry: " + retryMillis + "\n" : "";
    event(
        ascii("event: close\n" + retry),
        EventStreamRefusal.closeData(reason).toBuffer().getBytes(),
        out);
  }

  private void event(byte[] head, byte[] data, ByteBuf out) {
    begin(head.length + linesLength(data) + 1, out);
    out.writeBytes(head);
    lines(data, out);
    out.writeByte('\n');
    end(out);
  }

  /** Returns the number of bytes that {@link #lines} writes. */
  private static int linesLength(byte[] data) {
    int length = DATA.length + data.length + 1;
    for (int i = 0; i < data.length; i++) {
      if (isBreak(data[i])) {
        boolean pair = isPair(data, i);
        length += DATA.length - (pair ? 1 : 0);
        i += pair ? 1 : 0;
      }
    }
    return length;
  }

  private static void lines(byte[] data, ByteBuf out) {
    int start = 0;
    for (int i = 0; i < data.length; i++) {
      if (isBreak(data[i])) {
        line(data, start, i, out);
        i += isPair(data, i) ? 1 : 0;
        start = i + 1;
      }
    }
    line(data, start, data.length, out);
  }

  private static boolean isBreak(byte one) {
    return one == '\n' || one == '\r';
  }

  private static boolean isPair(byte[] data, int at) {
    return data[at] == '\r' && at + 1 < data.length && data[at + 1] == '\n';
  }

  private static void line(byte[] data, int from, int to, ByteBuf out) {
    out.writeBytes(DATA);
    out.writeBytes(data, from, to - from);
    out.writeByte('\n');
  }

  private void begin(int length, ByteBuf out) {
    if (chunked) {
      ByteBufUtil.writeAscii(out, Integer.toHexString(length));
      out.writeBytes(CRLF);
    }
  }

  private void end(ByteBuf out) {
    if (chunked) {
      out.writeBytes(CRLF);
    }
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
