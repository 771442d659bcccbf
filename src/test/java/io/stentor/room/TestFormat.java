package io.stentor.room;

import io.netty.buffer.ByteBuf;
import io.stentor.message.Publication;
import io.stentor.message.RoomName;
import io.stentor.room.Cursor.Notice;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Formats of these tests: each text as {@code epoch:offset=text}, or as a delta {@code
 * epoch:offset~before>text}, each notice as {@code !KIND}.
 */
final class TestFormat implements Format {
  /** Tells its notices. */
  static final Format TELLING = new TestFormat(true);

  /** Cannot tell a notice. */
  static final Format SILENT = new TestFormat(false);

  /** Tells its notices, and has deltas of all texts that do not end with {@link #NO_GAIN}. */
  static final Format DELTAS = new TestFormat(true, true);

  static final String NO_GAIN = "5";

  private final boolean tells;
  private final boolean deltas;

  private TestFormat(boolean tells) {
    this(tells, false);
  }

  private TestFormat(boolean tells, boolean deltas) {
    this.tells = tells;
    this.deltas = deltas;
  }

  @Override
  public boolean hasDeltas() {
    return deltas;
  }

  @Override
  public boolean encodeDelta(
      RoomName room,
      Publication before,
      Publication publication,
      long epoch,
      long offset,
      ByteBuf out) {
    boolean gain = !publication.text().endsWith(NO_GAIN);
    if (gain) {
      frame(epoch + ":" + offset + "~" + before.text() + ">" + publication.text(), out);
    }
    return gain;
  }

  @Override
  public int sizeLimit(RoomName room, Publication publication) {
    return 64 + publication.bytes();
  }

  @Override
  public void encode(RoomName room, Publication publication, long epoch, long offset, ByteBuf out) {
    frame(epoch + ":" + offset + "=" + publication.text(), out);
  }

  @Override
  public boolean encode(Notice notice, ByteBuf out) {
    if (tells) {
      String skipped = notice.kind() == Notice.Kind.SKIPPED ? " " + notice.skipped() : "";
      frame(
          "!%s %d:%d%s"
              .formatted(
                  notice.kind(), notice.position().epoch(), notice.position().offset(), skipped),
          out);
    }
    return tells;
  }

  /**
   * The numbers from one to another, each published at its own offset, as they are written here.
   */
  static List<String> range(long epoch, int first, int last) {
    return IntStream.rangeClosed(first, last).mapToObj(i -> epoch + ":" + i + "=" + i).toList();
  }

  /** The same behind a notice. */
  static List<String> after(String notice, List<String> texts) {
    return Stream.concat(Stream.of(notice), texts.stream()).toList();
  }

  private static void frame(String text, ByteBuf out) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.writeByte(0x81);
    if (bytes.length < 126) {
      out.writeByte(bytes.length);
    } else if (bytes.length < 1 << 16) {
      out.writeByte(126).writeShort(bytes.length);
    } else {
      out.writeByte(127).writeLong(bytes.length);
    }
    out.writeBytes(bytes);
  }
}
