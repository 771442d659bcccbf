package io.stentor.centrifuge.codec;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.stentor.json.JsonText;
import io.stentor.message.Member;
import io.stentor.message.Publication;
import io.stentor.message.Publication.Kind;
import java.nio.charset.StandardCharsets;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/** Publications and members as JSON, in pushes and in replies. Any thread. */
final class JsonPublication {

  private static final byte[] DATA = ascii("{\"data\":");
  private static final byte[] DELTA = ascii(",\"delta\":true");
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

  /** By how many bytes a line end grows in a JSON string; each patch has one. */
  private static final int LINE_END = 1;

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
    return data + sizeBesideData(publication);
  }

  /** Returns how many bytes {@link #writeAsString} writes at most without a delta. */
  static int sizeAsString(Publication publication) {
    int data =
        switch (publication.kind()) {
          case TEXT -> 2 * JsonText.size(publication.data());
          case JSON -> JsonText.size(publication.data());
          case BINARY -> JsonText.base64Size(publication.bytes()) + BINARY.length;
        };
    return data + 2 + sizeBesideData(publication);
  }

  private static int sizeBesideData(Publication publication) {
    Member from = publication.from();
    int info = from == null ? 0 : from.bytes() + 2 * (CONN_INFO.length + CLIENT.length) + 16;
    SortedMap<String, String> tags = publication.attributes().tags();
    return DATA.length
        + (tags.isEmpty() ? 0 : TAGS.length + JsonText.size(tags))
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
    writeContent(publication, out);
    if (publication.kind() == Kind.BINARY) {
      out.writeBytes(BINARY);
    }
    writeBesideData(publication, offset, timed, out);
  }

  /** Appends the content as JSON. */
  private static void writeContent(Publication publication, ByteBuf out) {
    switch (publication.kind()) {
      case TEXT -> JsonText.write(publication.data(), out);
      case JSON -> out.writeBytes(publication.data());
      case BINARY -> JsonText.writeBase64(publication.data(), out);
    }
  }

  /** Returns the content as JSON. Must not be modified. */
  static byte[] content(Publication publication) {
    if (publication.kind() == Kind.JSON) {
      return publication.data();
    }
    ByteBuf out = Unpooled.buffer(publication.bytes() + 2);
    writeContent(publication, out);
    return ByteBufUtil.getBytes(out);
  }

  /**
   * Returns a patch that makes the content of a publication out of that of another one.
   *
   * @return null if the patch is not shorter, or one of them is binary
   */
  static byte @Nullable [] delta(Publication before, Publication publication) {
    if (before.kind() == Kind.BINARY || publication.kind() == Kind.BINARY) {
      return null;
    }
    byte[] content = content(publication);
    int limit = content.length - DELTA.length - LINE_END;
    return FossilDelta.patch(content(before), content, true, limit);
  }

  /**
   * Appends a publication whose {@code data} is a JSON string with the content as JSON, or with a
   * patch and followed by {@code "delta":true}; otherwise like {@link #write}.
   *
   * @param delta the patch; null for the content
   */
  static void writeAsString(
      Publication publication, byte @Nullable [] delta, long offset, boolean timed, ByteBuf out) {
    out.writeBytes(DATA);
    JsonText.write(delta == null ? content(publication) : delta, out);
    if (delta != null) {
      out.writeBytes(DELTA);
    } else if (publication.kind() == Kind.BINARY) {
      out.writeBytes(BINARY);
    }
    writeBesideData(publication, offset, timed, out);
  }

  private static void writeBesideData(
      Publication publication, long offset, boolean timed, ByteBuf out) {
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
