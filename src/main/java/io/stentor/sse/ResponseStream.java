package io.stentor.sse;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * A response body that stays open until it is ended explicitly. Must be used on its event loop
 * only.
 */
public interface ResponseStream {

  /** Receives the events of a stream, on the stream's event loop. */
  interface Listener {
    /** Called when the stream was full and is writable again. Never called from within a write. */
    void drained();

    /** Called when the stream failed; it is about to end. */
    void failed(Throwable failure);

    /**
     * Called when the stream has ended. No other method is called afterwards.
     *
     * @param peer the reason given by the peer; null if unknown
     */
    void closed(@Nullable String peer);
  }

  /** Returns whether every write must consist of complete HTTP/1.1 chunks. */
  boolean isChunked();

  /** Returns the peer's address, for logs. */
  String remoteAddress();

  boolean isWritable();

  /** Returns the number of bytes queued and not yet sent. */
  long queuedBytes();

  /** Sends bytes immediately. The caller keeps its reference. */
  void send(ByteBuf bytes);

  /** Queues bytes until {@link #flush}. Takes ownership of one reference. */
  void write(ByteBuf bytes);

  /** Sends the queued bytes. */
  void flush();

  /**
   * Sends the last bytes and ends the stream. Aborts it after the timeout if the peer has stopped
   * reading. Takes ownership of one reference.
   */
  void end(ByteBuf bytes, int timeoutSeconds);
}
