package io.stentor.transport;

import io.netty.buffer.ByteBuf;
import io.stentor.protocol.ServerSentEvents;
import org.jspecify.annotations.Nullable;

/**
 * The body of one response that does not end by itself: whole events go out. Belongs to one event
 * loop.
 */
interface EventStream {

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

  /** How events look on this stream. */
  ServerSentEvents format();

  /** For the log. */
  String remoteAddress();

  boolean isWritable();

  /** Sends events at once. The bytes are lent; what is not taken at once is retained. */
  void send(ByteBuf events);

  /** Writes events without sending them. Takes over one reference to the bytes. */
  void write(ByteBuf events);

  /** Sends what was written. */
  void flush();

  /**
   * Sends the last events, with the end of the format where it has one, and ends the stream; cuts
   * it where the peer has stopped reading. Takes over one reference to the bytes.
   */
  void end(ByteBuf events, int timeoutSeconds);
}
