package io.stentor.sse;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** The body of one response that does not end by itself. Belongs to one event loop. */
public interface ResponseStream {

  /** Whoever uses the stream; called on its event loop. */
  interface Listener {
    /** The stream was full and takes more now. Not called from within a write. */
    void drained();

    /** The stream failed and ends. */
    void failed(Throwable failure);

    /**
     * The stream has ended; nothing is called after this.
     *
     * @param peer what is known of the peer's reason; null where nothing is
     */
    void closed(@Nullable String peer);
  }

  /** Whether everything that is written has to be whole chunks of HTTP/1.1. */
  boolean isChunked();

  /** For the log. */
  String remoteAddress();

  boolean isWritable();

  /** Bytes that wait for the peer. */
  long queuedBytes();

  /** Sends bytes at once. They are lent; what is not taken at once is retained. */
  void send(ByteBuf bytes);

  /** Writes bytes without sending them. Takes over one reference. */
  void write(ByteBuf bytes);

  /** Sends what was written. */
  void flush();

  /**
   * Sends the last bytes and ends the stream; cuts it where the peer has stopped reading. Takes
   * over one reference.
   */
  void end(ByteBuf bytes, int timeoutSeconds);
}
