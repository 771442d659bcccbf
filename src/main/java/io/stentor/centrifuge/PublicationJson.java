package io.stentor.centrifuge;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.stentor.json.JsonText;
import io.stentor.message.Member;
import io.stentor.message.Publication;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A publication on the wire: {@code {"data":…,"info":{…},"offset":…,"time":…}}. A text is a JSON
 * string, JSON is its source. Any thread.
 */
public final class PublicationJson {

  private static final byte[] DATA = ascii("{\"data\":");
  private static final byte[] INFO = ascii(",\"info\":");
  private static final byte[] OFFSET = ascii(",\"offset\":");
  private static final byte[] TIME = ascii(",\"time\":");
  private static final byte[] USER = ascii("{\"user\":");
  private static final byte[] CLIENT = ascii(",\"client\":");
  private static final byte[] CONN_INFO = ascii(",\"conn_info\":");
  private static final byte[] CHAN_INFO = ascii(",\"chan_info\":");
  private static final int LONGEST_NUMBER = 20;

  private PublicationJson() {}

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** About how many bytes {@link #write} writes; more only where a name needs escapes. */
  static int size(Publication publication) {
    boolean json = publication.kind() == Publication.Kind.JSON;
    Member from = publication.from();
    int info = from == null ? 0 : from.bytes() + 2 * (CONN_INFO.length + CLIENT.length) + 16;
    return DATA.length
        + (json ? publication.bytes() : JsonText.size(publication.data()))
        + info
        + (OFFSET.length + TIME.length + 2 * LONGEST_NUMBER + 1);
  }

  /**
   * Appends a publication.
   *
   * @param timed whether it is told when the server took it, in milliseconds since 1970
   */
  public static void write(Publication publication, long offset, boolean timed, ByteBuf out) {
    out.writeBytes(DATA);
    if (publication.kind() == Publication.Kind.JSON) {
      out.writeBytes(publication.data());
    } else {
      JsonText.write(publication.data(), out);
    }
    Member from = publication.from();
    if (from != null) {
      out.writeBytes(INFO);
      info(from, out);
    }
    if (offset > 0) {
      out.writeBytes(OFFSET);
      ByteBufUtil.writeAscii(out, Long.toString(offset));
    }
    if (timed) {
      out.writeBytes(TIME);
      ByteBufUtil.writeAscii(out, Long.toString(publication.timeMillis()));
    }
    out.writeByte('}');
  }

  /** Appends who a connection is: {@code {"user":"…","client":"…","conn_info":…,"chan_info":…}}. */
  public static void info(Member member, ByteBuf out) {
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
