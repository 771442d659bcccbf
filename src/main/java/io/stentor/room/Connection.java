package io.stentor.room;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.stentor.message.CloseReason;
import io.stentor.message.TagFilter;
import io.stentor.room.Cursor.Notice;
import org.jspecify.annotations.Nullable;

/** A client as seen by a room. Confined to one event loop. */
public interface Connection {

  /** Initial buffer size for an encoded notice, in bytes. */
  int NOTICE_BYTES = 128;

  /** Returns the format of the bytes that are written to this client. */
  Format format();

  /** Returns what this client is sent; null for everything. Always the same. */
  default @Nullable TagFilter filter() {
    return null;
  }

  /**
   * Returns the ID by which a publication can exclude this client, always the same; empty if none
   * can.
   */
  default String id() {
    return "";
  }

  /**
   * The cursor has been placed, and the client receives everything that is published from now on.
   * The connection should delay the client's own publications until then; otherwise the client
   * would not receive them.
   */
  void joined();

  /**
   * Returns where bytes in {@link #format()} go; always the same object. When it is full and
   * becomes writable again, the connection calls {@link Cursor#drained()}, but never from within a
   * write or a flush.
   */
  Output output();

  /**
   * Notifies the client about its position in the room, before any publications that follow that
   * position.
   *
   * @return false if the connection has left the room or is closing as a result
   */
  default boolean tell(Notice notice) {
    ByteBuf out = PooledByteBufAllocator.DEFAULT.directBuffer(NOTICE_BYTES);
    if (format().encode(notice, out)) {
      output().write(out);
      output().flush();
      return true;
    }
    out.release();
    if (notice.kind() == Notice.Kind.LOST) {
      close(CloseReason.INSUFFICIENT_STATE);
      return false;
    }
    return true;
  }

  /**
   * The room's log continues, without a gap, with another epoch. Formats that send the epoch with
   * each message need not do anything; no-op by default.
   */
  default void forked() {}

  /** Closes the connection with this reason. Further writes are ignored. */
  void close(CloseReason reason);
}
