package io.stentor.room;

import io.netty.buffer.ByteBuf;

/**
 * Where the encoded bytes for one client go: its socket, or what stands before it. Confined to one
 * event loop.
 */
public interface Output {

  /** Returns whether more bytes are accepted now. */
  boolean isWritable();

  /**
   * Writes bytes and flushes.
   *
   * @param shared shared with other clients and borrowed for the duration of the call; an
   *     implementation that keeps the buffer must retain it
   */
  default void send(ByteBuf shared) {
    write(shared.retainedDuplicate());
    flush();
  }

  /**
   * Writes bytes without flushing.
   *
   * @param bytes shared with other clients; this call takes ownership of one reference
   */
  void write(ByteBuf bytes);

  /** Flushes pending writes. */
  void flush();
}
