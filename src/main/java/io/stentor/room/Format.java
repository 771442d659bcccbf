package io.stentor.room;

import io.netty.buffer.ByteBuf;
import io.stentor.message.Publication;
import io.stentor.message.RoomName;

/**
 * How publications look on one kind of connection. A room encodes each publication once per node
 * and format; everyone with that format is given the same bytes. Formats are constants, compared by
 * identity; any thread.
 */
public interface Format {

  /**
   * Most bytes that {@link #encode} writes for this publication of a room; space for the buffer,
   * not exact.
   */
  int sizeLimit(RoomName room, Publication publication);

  /**
   * Appends one publication as it goes on the wire.
   *
   * @param room where it is said
   * @param epoch epoch of the room's log, 0 where there is none
   * @param offset its offset, 0 where there is no log
   */
  void encode(RoomName room, Publication publication, long epoch, long offset, ByteBuf out);

  /**
   * Appends a notice.
   *
   * @return false when this format has no way of telling it; then nothing was written and, unless
   *     the notice is {@linkplain Notice#isGood() good}, the connection has to be closed
   */
  boolean encode(Notice notice, ByteBuf out);
}
