package io.stentor.http.api;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.stentor.history.Page;
import io.stentor.http.Responses;
import io.stentor.json.JsonText;
import io.stentor.message.Attributes;
import io.stentor.message.Member;
import io.stentor.message.Position;
import io.stentor.message.Publication;
import io.stentor.message.RoomName;
import io.stentor.room.Cursor.Notice;
import io.stentor.room.Format;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.internal.buffer.BufferInternal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.BitSet;
import java.util.Locale;

/**
 * Encodes the messages of {@code GET /rooms/{room}/messages}. Each message is one line, a JSON
 * object followed by a comma:
 *
 * <pre>
 * {"offset":42,"text":"hi","time":"2030-01-31T12:00:00.000Z","from":"Ann"},
 * {"offset":43,"data":{"price":17},"time":"2030-01-31T12:00:01.500Z"},
 * {"offset":44,"text":"yo","time":"2030-01-31T12:00:02.000Z","event":"greeting","tags":{"a":"b"}},
 * </pre>
 *
 * <p>A text is encoded as a JSON string; JSON is copied verbatim; a binary message is {@code
 * base64} with its bytes in Base64. {@code offset} is omitted in a room without a log, {@code from}
 * if the publisher is anonymous, {@code event} and {@code tags} if there are none. Notices cannot
 * be encoded: a connection that needs one is closed, and reads the log instead.
 */
public final class JsonMessages implements Format {

  /** The only instance. */
  public static final JsonMessages FORMAT = new JsonMessages();

  private static final String OFFSET = "{\"offset\":";
  private static final String EVENT = ",\"event\":";
  private static final String TAGS = ",\"tags\":";

  /**
   * Maximum bytes besides the content and the name: member names, an offset, a time and the line
   * end.
   */
  private static final int OVERHEAD_BYTES = 96;

  private static final DateTimeFormatter TIME =
      new DateTimeFormatterBuilder().appendInstant(3).toFormatter(Locale.ROOT);

  private JsonMessages() {}

  @Override
  public int sizeLimit(RoomName room, Publication publication) {
    return sizeLimit(publication);
  }

  /** Like {@link #sizeLimit(RoomName, Publication)}; the room is not encoded. */
  public int sizeLimit(Publication publication) {
    Member from = publication.from();
    int user = from == null ? 0 : 2 + JsonText.size(from.user().getBytes(StandardCharsets.UTF_8));
    int content =
        switch (publication.kind()) {
          case TEXT -> JsonText.size(publication.data());
          case JSON -> publication.bytes();
          case BINARY -> JsonText.base64Size(publication.bytes());
        };
    return OVERHEAD_BYTES + content + user + size(publication.attributes());
  }

  @Override
  public void encode(RoomName room, Publication publication, long epoch, long offset, ByteBuf out) {
    encode(publication, epoch, offset, out);
  }

  /** Like the other {@code encode}; the room is not encoded. */
  public void encode(Publication publication, long epoch, long offset, ByteBuf out) {
    if (epoch == 0) {
      out.writeByte('{');
    } else {
      ByteBufUtil.writeAscii(out, OFFSET + offset + ",");
    }
    switch (publication.kind()) {
      case TEXT -> {
        ByteBufUtil.writeAscii(out, "\"text\":");
        JsonText.write(publication.data(), out);
      }
      case JSON -> {
        ByteBufUtil.writeAscii(out, "\"data\":");
        out.writeBytes(publication.data());
      }
      case BINARY -> {
        ByteBufUtil.writeAscii(out, "\"base64\":");
        JsonText.writeBase64(publication.data(), out);
      }
    }
    String time = TIME.format(Instant.ofEpochMilli(publication.timeMillis()));
    ByteBufUtil.writeAscii(out, ",\"time\":\"" + time + "\"");
    Member from = publication.from();
    if (from != null && !from.user().isEmpty()) {
      ByteBufUtil.writeAscii(out, ",\"from\":");
      JsonText.write(from.user(), out);
    }
    write(publication.attributes(), out);
    ByteBufUtil.writeAscii(out, "},\n");
  }

  private static int size(Attributes attributes) {
    if (attributes.bytes() == 0) {
      return 0;
    }
    String event = attributes.event();
    return EVENT.length()
        + (event == null ? 0 : JsonText.size(event.getBytes(StandardCharsets.UTF_8)))
        + TAGS.length()
        + JsonText.size(attributes.tags());
  }

  private static void write(Attributes attributes, ByteBuf out) {
    String event = attributes.event();
    if (event != null) {
      ByteBufUtil.writeAscii(out, EVENT);
      JsonText.write(event, out);
    }
    if (!attributes.tags().isEmpty()) {
      ByteBufUtil.writeAscii(out, TAGS);
      JsonText.write(attributes.tags(), out);
    }
  }

  @Override
  public boolean encode(Notice notice, ByteBuf out) {
    return false;
  }

  /**
   * A prefix of encoded lines.
   *
   * @param count number of lines
   * @param length their length in bytes, including the comma and line end of the last one
   * @param cut whether more lines follow
   */
  public record Lines(int count, int length, boolean cut) {

    /**
     * As many complete lines as both limits allow, but at least one if there is any.
     *
     * @param bytes complete lines; its indices are not changed
     */
    public static Lines of(ByteBuf bytes, int maxCount, int maxBytes) {
      int begin = bytes.readerIndex();
      int count = 0;
      int length = 0;
      while (count < maxCount && length < bytes.readableBytes()) {
        int end = bytes.indexOf(begin + length, bytes.writerIndex(), (byte) '\n') + 1 - begin;
        if (count > 0 && end > maxBytes) {
          break;
        }
        count++;
        length = end;
      }
      return new Lines(count, length, length < bytes.readableBytes());
    }
  }

  /** The offset of the first line. The lines must have offsets. */
  public static long firstOffset(ByteBuf lines) {
    return offset(lines, lines.readerIndex());
  }

  private static long offset(ByteBuf lines, int begin) {
    long number = 0;
    for (int i = begin + OFFSET.length(); lines.getByte(i) != ','; i++) {
      number = 10 * number + lines.getByte(i) - '0';
    }
    return number;
  }

  /**
   * The part of a response before the lines.
   *
   * @param position the client's position after this response
   * @param recovered whether everything since the position that the client sent follows
   * @param more whether a limit truncated the response
   */
  public static String head(Position position, boolean recovered, boolean more) {
    return "{\"epoch\":\""
        + Position.epochText(position.epoch())
        + "\",\"offset\":"
        + position.offset()
        + ",\"recovered\":"
        + recovered
        + (more ? ",\"more\":true" : "")
        + ",\"messages\":[";
  }

  /** The part of a response after the lines. */
  public static String end() {
    return "]}\n";
  }

  /** Maximum bytes of messages in one response. One message is sent even if it is larger. */
  static final int MAX_BYTES = 256 * 1024;

  /** Answers without messages. */
  static void sendNone(HttpServerResponse response, Position position, boolean recovered) {
    send(response, head(position, recovered, false), Unpooled.EMPTY_BUFFER);
  }

  /** Answers with messages that were read from the log. */
  static void sendPage(HttpServerResponse response, Excerpt excerpt, boolean recovered) {
    ByteBuf lines = encoded(excerpt);
    String head = head(excerpt.position(), recovered, excerpt.more());
    send(response, head, lines.writerIndex(Math.max(0, lines.writerIndex() - 2)));
  }

  private static ByteBuf encoded(Excerpt excerpt) {
    Page page = excerpt.page();
    BitSet shown = excerpt.shown();
    int size = shown.stream().map(i -> FORMAT.sizeLimit(page.publications().get(i))).sum();
    ByteBuf lines = PooledByteBufAllocator.DEFAULT.directBuffer(size);
    for (int i = shown.nextSetBit(0); i >= 0; i = shown.nextSetBit(i + 1)) {
      FORMAT.encode(page.publications().get(i), page.epoch(), page.first() + i, lines);
    }
    return lines;
  }

  /**
   * Answers with lines that are shared with other connections.
   *
   * @param lines at least one line; takes ownership of one reference
   * @param epoch epoch of the log; 0 if there is none
   */
  static void sendLines(HttpServerResponse response, ByteBuf lines, long epoch, int limit) {
    Lines some = Lines.of(lines, limit, MAX_BYTES);
    int begin = lines.readerIndex();
    int lastBegin = lines.indexOf(begin + some.length() - 1, begin, (byte) '\n');
    Position position =
        epoch == 0
            ? Position.NONE
            : new Position(epoch, offset(lines, lastBegin < 0 ? begin : lastBegin + 1));
    String head = head(position, true, some.cut());
    // Drop the comma of the last line.
    send(response, head, lines.writerIndex(lines.readerIndex() + some.length() - 2));
  }

  /** Sends the bytes without copying them. Releases the lines when the response was sent. */
  private static void send(HttpServerResponse response, String head, ByteBuf lines) {
    ByteBuf begin = Unpooled.wrappedBuffer(head.getBytes(StandardCharsets.UTF_8));
    ByteBuf end = Unpooled.wrappedBuffer(end().getBytes(StandardCharsets.UTF_8));
    ByteBuf whole = Unpooled.wrappedBuffer(begin, lines, end);
    boolean sent =
        Responses.send(
            response,
            open ->
                open.putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
                    .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
                    .end(BufferInternal.buffer(whole))
                    .onComplete(written -> whole.release()));
    if (!sent) {
      whole.release();
    }
  }
}
