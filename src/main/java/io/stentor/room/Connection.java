package io.stentor.room;

import io.netty.buffer.ByteBuf;
import io.stentor.message.CloseReason;

/**
 * What a room knows of a client: somewhere to write ready-made bytes. Belongs to one event loop and
 * is used by it alone.
 */
public interface Connection {

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

  /** Says why and closes. Further writes are ignored. */
  void close(CloseReason reason);
}
