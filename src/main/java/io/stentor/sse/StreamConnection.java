package io.stentor.sse;

import io.netty.buffer.ByteBuf;
import io.stentor.message.CloseReason;
import io.stentor.websocket.Socket;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A connection that is one response without an end: keeps whether it is open, and what it ended
 * with, as a {@link Socket} does for WebSockets. Belongs to the stream's event loop.
 */
public abstract class StreamConnection implements ResponseStream.Listener {

  private final ResponseStream stream;
  private @Nullable CloseReason closing;
  private boolean gone;

  /**
   * A connection that is open.
   *
   * @param stream makes the stream for its listener
   */
  public StreamConnection(Function<ResponseStream.Listener, ResponseStream> stream) {
    this.stream = stream.apply(this);
  }

  /**
   * The stream has ended.
   *
   * @param reason what it was closed with here; null where it was not
   * @param why the same, or else what is known of the peer; for the log
   */
  public abstract void closed(@Nullable CloseReason reason, String why);

  public final ResponseStream stream() {
    return stream;
  }

  /** Whether it has not ended and nobody has begun to close it here. */
  final boolean isOpen() {
    return closing == null && !gone;
  }

  /** Whether it takes more now. */
  public final boolean isWritable() {
    return isOpen() && stream.isWritable();
  }

  /** Sends bytes at once. They are lent; what is not taken at once is retained. */
  public void send(ByteBuf shared) {
    if (isOpen()) {
      stream.send(shared);
    }
  }

  /** Writes bytes without sending them. Takes over one reference. */
  public void write(ByteBuf bytes) {
    if (isOpen()) {
      stream.write(bytes);
    } else {
      bytes.release();
    }
  }

  /** Sends what was written. */
  public final void flush() {
    if (isOpen()) {
      stream.flush();
    }
  }

  /**
   * From now on nothing is written but the stream's end, which is up to the caller.
   *
   * @return false where it is closed, or being closed here, already
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
