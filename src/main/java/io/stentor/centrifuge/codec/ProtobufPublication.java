package io.stentor.centrifuge.codec;

import static io.stentor.centrifuge.codec.ProtobufOutput.sizeOf;
import static io.stentor.centrifuge.codec.ProtobufOutput.textSize;
import static io.stentor.centrifuge.codec.ProtobufOutput.varintSize;
import static io.stentor.centrifuge.codec.ProtobufOutput.writeHead;
import static io.stentor.centrifuge.codec.ProtobufOutput.writeNumber;
import static io.stentor.centrifuge.codec.ProtobufOutput.writeText;

import io.netty.buffer.ByteBuf;
import io.stentor.json.JsonText;
import io.stentor.message.Member;
import io.stentor.message.Publication;
import io.stentor.message.Publication.Kind;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The messages {@code Publication} and {@code ClientInfo} as Protobuf, in pushes and in replies.
 * The bytes of {@code data} are the JSON or the binary content; a text becomes a JSON string, as in
 * JSON. Any thread.
 */
final class ProtobufPublication {

  private static final int DATA = 4;
  private static final int INFO = 5;
  private static final int OFFSET = 6;
  private static final int TAGS = 7;
  private static final int DELTA = 8;
  private static final int TIME = 9;

  /** Bytes of the field that marks a delta. */
  private static final int DELTA_MARK = 2;

  private static final int USER = 1;
  private static final int CLIENT = 2;
  private static final int CONN_INFO = 3;
  private static final int CHAN_INFO = 4;

  private static final int KEY = 1;
  private static final int VALUE = 2;

  private ProtobufPublication() {}

  /** Returns how many bytes {@link #write} writes. */
  static int size(Publication publication, byte @Nullable [] delta, long offset, boolean timed) {
    int size = delta == null ? sizeOf(contentSize(publication)) : sizeOf(delta.length) + DELTA_MARK;
    Member from = publication.from();
    size += from == null ? 0 : sizeOf(memberSize(from));
    size += offset == 0 ? 0 : 1 + varintSize(offset);
    for (Map.Entry<String, String> tag : publication.attributes().tags().entrySet()) {
      size += sizeOf(tagSize(tag));
    }
    return size + (timed ? 1 + varintSize(publication.timeMillis()) : 0);
  }

  private static int contentSize(Publication publication) {
    return publication.kind() == Kind.TEXT
        ? JsonText.size(publication.data())
        : publication.bytes();
  }

  private static int tagSize(Map.Entry<String, String> tag) {
    return textSize(tag.getKey()) + textSize(tag.getValue());
  }

  /**
   * Returns a patch that makes the content of a publication out of that of another one; null if it
   * is not shorter.
   */
  static byte @Nullable [] delta(Publication before, Publication publication) {
    byte[] content = content(publication);
    return FossilDelta.patch(content(before), content, false, content.length - DELTA_MARK - 1);
  }

  private static byte[] content(Publication publication) {
    return publication.kind() == Kind.TEXT
        ? JsonPublication.content(publication)
        : publication.data();
  }

  /**
   * Appends a publication, without its length.
   *
   * @param delta a patch instead of the content; null for the content
   * @param offset 0 if there is no log
   * @param timed whether to add the time of acceptance, in milliseconds since 1970
   */
  static void write(
      Publication publication, byte @Nullable [] delta, long offset, boolean timed, ByteBuf out) {
    writeHead(DATA, delta == null ? contentSize(publication) : delta.length, out);
    if (delta != null) {
      out.writeBytes(delta);
    } else if (publication.kind() == Kind.TEXT) {
      JsonText.write(publication.data(), out);
    } else {
      out.writeBytes(publication.data());
    }
    Member from = publication.from();
    if (from != null) {
      writeHead(INFO, memberSize(from), out);
      writeMember(from, out);
    }
    if (offset != 0) {
      writeNumber(OFFSET, offset, out);
    }
    for (Map.Entry<String, String> tag : publication.attributes().tags().entrySet()) {
      writeHead(TAGS, tagSize(tag), out);
      writeText(KEY, tag.getKey(), out);
      writeText(VALUE, tag.getValue(), out);
    }
    if (delta != null) {
      writeNumber(DELTA, 1, out);
    }
    if (timed) {
      writeNumber(TIME, publication.timeMillis(), out);
    }
  }

  /** Returns how many bytes {@link #writeMember} writes. */
  static int memberSize(Member member) {
    return textSize(member.user())
        + textSize(member.connection())
        + sizeOrNothing(member.info())
        + sizeOrNothing(member.roomInfo());
  }

  private static int sizeOrNothing(@Nullable String source) {
    return source == null ? 0 : textSize(source);
  }

  /** Appends a connection, without its length. */
  static void writeMember(Member member, ByteBuf out) {
    writeText(USER, member.user(), out);
    writeText(CLIENT, member.connection(), out);
    writeOrNothing(CONN_INFO, member.info(), out);
    writeOrNothing(CHAN_INFO, member.roomInfo(), out);
  }

  private static void writeOrNothing(int number, @Nullable String source, ByteBuf out) {
    if (source != null) {
      writeText(number, source, out);
    }
  }
}
