package io.stentor.centrifuge;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.stentor.json.JsonText;
import io.stentor.json.JsonWriter;
import io.stentor.message.CloseReason;
import io.stentor.message.Member;
import io.stentor.message.Publication;
import io.stentor.message.RoomName;
import java.nio.charset.StandardCharsets;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * The contents of pushes as JSON, without the wrapper that {@link PushFormat} adds. Replies use
 * those of publications and members as well. Any thread.
 */
final class Pushes {

  /** The client's position in the log is lost: it resubscribes at once. */
  static final int INSUFFICIENT_STATE = 2500;

  /** The subscription has expired: the client resubscribes with a new token. */
  static final int EXPIRED = 2501;

  /** The server has ended the subscription: the client does not resubscribe. */
  static final int SERVER_UNSUBSCRIBE = 2000;

  private static final byte[] DATA = ascii("{\"data\":");
  private static final byte[] BINARY = ascii(",\"binary\":true");
  private static final byte[] INFO = ascii(",\"info\":");
  private static final byte[] OFFSET = ascii(",\"offset\":");
  private static final byte[] TAGS = ascii(",\"tags\":");
  private static final byte[] TIME = ascii(",\"time\":");
  private static final byte[] USER = ascii("{\"user\":");
  private static final byte[] CLIENT = ascii(",\"client\":");
  private static final byte[] CONN_INFO = ascii(",\"conn_info\":");
  private static final byte[] CHAN_INFO = ascii(",\"chan_info\":");
  private static final int LONGEST_NUMBER = 20;

  private Pushes() {}

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /**
   * Returns about how many bytes {@link #writePublication} writes; it writes more only if a name
   * needs escapes.
   */
  static int publicationSize(Publication publication) {
    int data =
        switch (publication.kind()) {
          case TEXT -> JsonText.size(publication.data());
          case JSON -> publication.bytes();
          case BINARY -> JsonText.base64Size(publication.bytes()) + BINARY.length;
        };
    Member from = publication.from();
    int info = from == null ? 0 : from.bytes() + 2 * (CONN_INFO.length + CLIENT.length) + 16;
    SortedMap<String, String> tags = publication.attributes().tags();
    return DATA.length
        + (tags.isEmpty() ? 0 : TAGS.length + JsonText.size(tags))
        + data
        + info
        + (OFFSET.length + TIME.length + 2 * LONGEST_NUMBER + 1);
  }

  /**
   * Appends a publication: {@code {"data":…,"info":{…},"offset":…,"tags":{…},"time":…}}. A text
   * becomes a JSON string; JSON is copied; binary content becomes a JSON string with its Base64,
   * followed by {@code "binary":true}.
   *
   * @param timed whether to add the time of acceptance, in milliseconds since 1970
   */
  static void writePublication(Publication publication, long offset, boolean timed, ByteBuf out) {
    out.writeBytes(DATA);
    switch (publication.kind()) {
      case TEXT -> JsonText.write(publication.data(), out);
      case JSON -> out.writeBytes(publication.data());
      case BINARY -> {
        JsonText.writeBase64(publication.data(), out);
        out.writeBytes(BINARY);
      }
    }
    Member from = publication.from();
    if (from != null) {
      out.writeBytes(INFO);
      writeMember(from, out);
    }
    if (offset > 0) {
      out.writeBytes(OFFSET);
      ByteBufUtil.writeAscii(out, Long.toString(offset));
    }
    SortedMap<String, String> tags = publication.attributes().tags();
    if (!tags.isEmpty()) {
      out.writeBytes(TAGS);
      JsonText.write(tags, out);
    }
    if (timed) {
      out.writeBytes(TIME);
      ByteBufUtil.writeAscii(out, Long.toString(publication.timeMillis()));
    }
    out.writeByte('}');
  }

  /** Appends a connection: {@code {"user":"…","client":"…","conn_info":…,"chan_info":…}}. */
  static void writeMember(Member member, ByteBuf out) {
    out.writeBytes(USER);
    JsonText.write(member.user(), out);
    out.writeBytes(CLIENT);
    JsonText.write(member.connection(), out);
    raw(CONN_INFO, member.info(), out);
    raw(CHAN_INFO, member.roomInfo(), out);
    out.writeByte('}');
  }

  private static void raw(byte[] name, @Nullable String source, ByteBuf out) {
    if (source != null) {
      out.writeBytes(name);
      out.writeCharSequence(source, StandardCharsets.UTF_8);
    }
  }

  /**
   * Reports that the server has ended a subscription. Clients do not resubscribe after codes below
   * 2500.
   */
  static JsonWriter unsubscribe(RoomName room, int code, String reason) {
    return closed(startPush(room).name("unsubscribe").open(), code, reason);
  }

  /** Reports that the server is closing the connection. */
  static JsonWriter disconnect(CloseReason reason) {
    JsonWriter line = new JsonWriter().open().name("disconnect").open();
    return closed(line, reason.code(), reason.reason());
  }

  private static JsonWriter closed(JsonWriter line, int code, String reason) {
    return line.name("code").integer(code).text("reason", reason).close().close();
  }

  /**
   * Reports that the server has subscribed the client to a room.
   *
   * @param result the subscription result
   */
  static JsonWriter subscribe(RoomName room, JsonWriter result) {
    return startPush(room).name("subscribe").raw(result).close();
  }

  /** Reports a new expiry of the connection, for unidirectional clients. */
  static JsonWriter refresh(Expiry expiry) {
    JsonWriter line = new JsonWriter().open().name("refresh").open();
    expiry.write(line);
    return line.close().close();
  }

  static JsonWriter join(RoomName room, Member member) {
    return of(room, "join", member);
  }

  static JsonWriter leave(RoomName room, Member member) {
    return of(room, "leave", member);
  }

  private static JsonWriter of(RoomName room, String kind, Member member) {
    JsonWriter line = startPush(room).name(kind).open().name("info");
    writeMember(member, line.value());
    return line.close().close();
  }

  private static JsonWriter startPush(RoomName room) {
    return new JsonWriter().open().name("channel").string(room.value());
  }
}
