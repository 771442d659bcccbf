package io.stentor.sse;

import io.netty.buffer.ByteBuf;
import io.stentor.message.CloseReason;
import io.stentor.websocket.Socket;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A connection that is one response without an end. Tracks whether it is open and why it was
 * closed, as {@link Socket} does for WebSockets. Belongs to the stream's event loop.
 */
public abstract class StreamConnection implements ResponseStream.Listener {

  private final ResponseStream stream;
  private @Nullable CloseReason closing;
  private boolean gone;

  /**
   * Creates an open connection.
   *
   * @param stream makes the stream for its listener
   */
  public StreamConnection(Function<ResponseStream.Listener, ResponseStream> stream) {
    this.stream = stream.apply(this);
  }

  /**
   * The stream has ended.
   *
   * @param reason the reason that this side closed it with; null where it did not
   * @param why the same, or else what is known of the peer; for the log
   */
  public abstract void closed(@Nullable CloseReason reason, String why);

  public final ResponseStream stream() {
    return stream;
  }

  /** Whether it has not ended and this side has not started to close it. */
  final boolean isOpen() {
    return closing == null && !gone;
  }

  /** Whether it is open and not full. */
  public final boolean isWritable() {
    return isOpen() && stream.isWritable();
  }

  /** Sends bytes at once. The caller keeps its reference. */
  public void send(ByteBuf shared) {
    if (isOpen()) {
      stream.send(shared);
    }
  }

  /** Queues bytes until {@link #flush}. Takes over one reference. */
  public void write(ByteBuf bytes) {
    if (isOpen()) {
      stream.write(bytes);
    } else {
      bytes.release();
    }
  }

  /** Sends the queued bytes. */
  public final void flush() {
    if (isOpen()) {
      stream.flush();
    }
  }

  /**
   * Stops all writes; the caller then has to end the stream.
   *
   * @return false where it is already closed or closing
   */
  public final boolean beginToClose(CloseReason reason) {
    if (!isOpen()) {
      return false;
    }
    closing = reason;
    return true;
  }

  @Override
  public final void closed(@Nullable String peer) {
    gone = true;
    CloseReason reason = closing;
    closed(reason, reason != null ? reason.toString() : peer != null ? peer : "by the client");
  }
}
