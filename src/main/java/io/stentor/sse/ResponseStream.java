package io.stentor.sse;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** The body of one response that does not end by itself. Belongs to one event loop. */
public interface ResponseStream {

  /** Receives the events of the stream, on its event loop. */
  interface Listener {
    /** The stream was full and is writable again. Not called from within a write. */
    void drained();

    /** The stream failed and ends. */
    void failed(Throwable failure);

    /**
     * The stream has ended; nothing is called after this.
     *
     * @param peer the peer's reason; null where it is unknown
     */
    void closed(@Nullable String peer);
  }

  /** Whether all writes have to be whole chunks of HTTP/1.1. */
  boolean isChunked();

  /** For the log. */
  String remoteAddress();

  boolean isWritable();

  /** Bytes that the peer has not taken yet. */
  long queuedBytes();

  /** Sends bytes at once. The caller keeps its reference. */
  void send(ByteBuf bytes);

  /** Queues bytes until {@link #flush}. Takes over one reference. */
  void write(ByteBuf bytes);

  /** Sends the queued bytes. */
  void flush();

  /**
   * Sends the last bytes and ends the stream; aborts it after the timeout where the peer has
   * stopped reading. Takes over one reference.
   */
  void end(ByteBuf bytes, int timeoutSeconds);
}
