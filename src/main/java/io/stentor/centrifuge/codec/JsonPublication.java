package io.stentor.centrifuge.codec;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.stentor.json.JsonText;
import io.stentor.message.Member;
import io.stentor.message.Publication;
import java.nio.charset.StandardCharsets;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/** Publications and members as JSON, in pushes and in replies. Any thread. */
final class JsonPublication {

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

  private JsonPublication() {}

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /**
   * Returns about how many bytes {@link #write} writes; it writes more only if a name needs
   * escapes.
   */
  static int size(Publication publication) {
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
  static void write(Publication publication, long offset, boolean timed, ByteBuf out) {
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
}
