package io.stentor.room;

import io.netty.buffer.ByteBuf;
import io.stentor.message.Publication;
import io.stentor.message.RoomName;
import io.stentor.room.Cursor.Notice;

/**
 * The encoding of publications for one kind of connection. A room encodes each publication once per
 * node, format and filter, and all connections with both receive the same bytes. Formats are
 * constants, compared by identity. Any thread.
 */
public interface Format {

  /**
   * Returns this format without compression: for what only one connection is sent, which is not
   * worth the time.
   */
  default Format uncompressed() {
    return this;
  }

  /**
   * Returns an upper bound of the bytes that {@link #encode} writes for this publication, used to
   * size the buffer.
   */
  int sizeLimit(RoomName room, Publication publication);

  /**
   * Appends the encoded form of one publication.
   *
   * @param room the room of the publication
   * @param epoch epoch of the room's log; 0 if there is none
   * @param offset the publication's offset; 0 if there is no log
   */
  void encode(RoomName room, Publication publication, long epoch, long offset, ByteBuf out);

  /** Returns whether {@link #encodeDelta} writes anything; false by default. */
  default boolean hasDeltas() {
    return false;
  }

  /**
   * Appends one publication as its difference from the one before it in the log, for connections
   * that were sent that one.
   *
   * @return false if the difference is not shorter, or cannot be expressed; nothing was written
   *     then
   */
  default boolean encodeDelta(
      RoomName room,
      Publication before,
      Publication publication,
      long epoch,
      long offset,
      ByteBuf out) {
    return false;
  }

  /**
   * Appends the encoded form of a notice.
   *
   * @return false if this format cannot express it; nothing was written then
   */
  boolean encode(Notice notice, ByteBuf out);
}
