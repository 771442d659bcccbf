package io.stentor.sse;

import io.netty.buffer.ByteBuf;
import io.stentor.message.CloseReason;
import io.stentor.room.Output;
import io.stentor.websocket.Socket;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A connection that consists of one open-ended response. Tracks whether it is open and why it was
 * closed, as {@link Socket} does for WebSockets. Must be used on the stream's event loop only.
 */
public abstract class StreamConnection implements ResponseStream.Listener, Output {

  private final ResponseStream stream;
  private @Nullable CloseReason closing;
  private boolean ended;

  /**
   * Creates an open connection.
   *
   * @param stream creates the stream for its listener
   */
  public StreamConnection(Function<ResponseStream.Listener, ResponseStream> stream) {
    this.stream = stream.apply(this);
  }

  /**
   * Called when the stream has ended.
   *
   * @param reason the reason with which this side closed it; null if this side did not
   * @param why the same reason, or what is known about the peer; for logs
   */
  public abstract void closed(@Nullable CloseReason reason, String why);

  public final ResponseStream stream() {
    return stream;
  }

  /** Returns where the bytes of this connection are written. */
  public final Output output() {
    return this;
  }

  /** Returns whether the stream has not ended and this side has not started to close it. */
  final boolean isOpen() {
    return closing == null && !ended;
  }

  /** Returns whether the connection is open and the stream is not full. */
  @Override
  public final boolean isWritable() {
    return isOpen() && stream.isWritable();
  }

  /**
   * Sends bytes immediately. The caller keeps its reference. No-op if the connection is not open.
   */
  @Override
  public void send(ByteBuf shared) {
    if (isOpen()) {
      stream.send(shared);
    }
  }

  /** Queues bytes until {@link #flush}. Takes ownership of one reference. */
  @Override
  public void write(ByteBuf bytes) {
    if (isOpen()) {
      stream.write(bytes);
    } else {
      bytes.release();
    }
  }

  /** Sends the queued bytes. */
  @Override
  public final void flush() {
    if (isOpen()) {
      stream.flush();
    }
  }

  /**
   * Marks the connection as closing and stops all writes. The caller has to end the stream.
   *
   * @return false if it is already closed or closing
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
    ended = true;
    CloseReason reason = closing;
    closed(reason, reason != null ? reason.toString() : peer != null ? peer : "by the client");
  }
}
