package io.stentor.websocket;

import io.netty.buffer.ByteBuf;
import io.stentor.message.Publication;
import io.stentor.message.RoomName;
import io.stentor.room.Cursor.Notice;
import io.stentor.room.Format;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A format of WebSocket frames with the publications compressed. Each is compressed by itself, so
 * that what one publication contains cannot be guessed from the size of another one. Notices are
 * not compressed.
 */
public final class CompressedFormat implements Format {

  private static final Map<Format, CompressedFormat> ALL = new ConcurrentHashMap<>();

  private final Format plain;

  private CompressedFormat(Format plain) {
    this.plain = plain;
  }

  /**
   * Returns the only compressed form of a format.
   *
   * @param plain encodes each publication as one whole unmasked frame
   */
  public static CompressedFormat of(Format plain) {
    return ALL.computeIfAbsent(plain, CompressedFormat::new);
  }

  @Override
  public Format uncompressed() {
    return plain;
  }

  @Override
  public int sizeLimit(RoomName room, Publication publication) {
    return plain.sizeLimit(room, publication);
  }

  @Override
  public void encode(RoomName room, Publication publication, long epoch, long offset, ByteBuf out) {
    int start = out.writerIndex();
    plain.encode(room, publication, epoch, offset, out);
    PermessageDeflate.compress(out, start);
  }

  @Override
  public boolean hasDeltas() {
    return plain.hasDeltas();
  }

  @Override
  public boolean encodeDelta(
      RoomName room,
      Publication before,
      Publication publication,
      long epoch,
      long offset,
      ByteBuf out) {
    int start = out.writerIndex();
    boolean shorter = plain.encodeDelta(room, before, publication, epoch, offset, out);
    if (shorter) {
      PermessageDeflate.compress(out, start);
    }
    return shorter;
  }

  @Override
  public boolean encode(Notice notice, ByteBuf out) {
    return plain.encode(notice, out);
  }
}
