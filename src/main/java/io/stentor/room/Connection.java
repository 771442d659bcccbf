package io.stentor.room;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.stentor.message.CloseReason;

/**
 * What a room knows of a client: somewhere to write ready-made bytes. Belongs to one event loop and
 * is used by it alone.
 */
public interface Connection {

  /** What a notice usually needs. */
  int NOTICE_BYTES = 128;

  /** How this client wants to be written to. */
  Format format();

  /**
   * The cursor has its place: what is published from now on is in front of it. What the client
   * itself publishes should wait until then, or the client would not hear it.
   */
  void joined();

  /**
   * Whether the socket takes more. When it turns true again after false, the connection calls
   * {@link Cursor#drained()}, but never from within {@link #write} or {@link #flush}.
   */
  boolean isWritable();

  /**
   * Writes bytes in {@link #format()} and sends them at once.
   *
   * @param shared with other connections and only lent: what is to be kept has to be retained
   */
  default void send(ByteBuf shared) {
    write(shared.retainedDuplicate());
    flush();
  }

  /**
   * Writes bytes in {@link #format()} without flushing.
   *
   * @param bytes shared with other connections; this call takes over one reference
   */
  void write(ByteBuf bytes);

  /** Sends what was written. */
  void flush();

  /**
   * Is told about its own place in the room, ahead of what is written to it from there on.
   *
   * @return false when the connection has left the room, or is being closed, because of it
   */
  default boolean tell(Notice notice) {
    ByteBuf out = PooledByteBufAllocator.DEFAULT.directBuffer(NOTICE_BYTES);
    if (format().encode(notice, out)) {
      write(out);
      flush();
      return true;
    }
    out.release();
    if (notice.kind() == Notice.Kind.LOST) {
      close(CloseReason.INSUFFICIENT_STATE);
      return false;
    }
    return true;
  }

  /** Says why and closes. Further writes are ignored. */
  void close(CloseReason reason);
}
