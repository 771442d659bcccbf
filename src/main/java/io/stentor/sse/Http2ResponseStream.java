package io.stentor.sse;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.EventLoop;
import io.stentor.timer.TimerWheel;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.StreamResetException;
import io.vertx.core.internal.buffer.BufferInternal;
import org.jspecify.annotations.Nullable;

/** A response stream on one stream of an HTTP/2 connection, written through Vert.x. */
final class Http2ResponseStream implements ResponseStream {

  /*
   * The write queue of Vert.x counts messages, so the bytes in flight are counted here. Vert.x does
   * not release the buffers; they are released here when their write completes.
   */

  /**
   * With more bytes than this in flight or unsent, the stream is not writable. It becomes writable
   * again at half of it.
   */
  private static final int MAX_IN_FLIGHT_BYTES = 64 * 1024;

  /** Error code CANCEL (RFC 9113, section 7). */
  private static final long CANCEL = 8;

  private final HttpServerResponse response;
  private final String remoteAddress;
  private final EventLoop loop;
  private final Listener listener;
  private @Nullable ByteBuf unsent;
  private int inFlight;
  private boolean full;
  private boolean ending;
  private TimerWheel.@Nullable Timer resetTimer;
  private @Nullable String peer;

  /** Creates a stream for a response whose head has been written. */
  Http2ResponseStream(HttpServerRequest request, EventLoop loop, Listener listener) {
    this.response = request.response();
    this.remoteAddress = String.valueOf(request.connection().remoteAddress());
    this.loop = loop;
    this.listener = listener;
    response.exceptionHandler(this::failed);
    response.closeHandler(closed -> closed());
  }

  @Override
  public boolean isChunked() {
    return false;
  }

  @Override
  public String remoteAddress() {
    return remoteAddress;
  }

  @Override
  public boolean isWritable() {
    return !full;
  }

  @Override
  public long queuedBytes() {
    return (long) inFlight + unsentBytes();
  }

  @Override
  public void send(ByteBuf bytes) {
    write(bytes.retainedDuplicate());
    flush();
  }

  /** Collects the bytes until {@link #flush}, because Vert.x flushes on each write. */
  @Override
  public void write(ByteBuf bytes) {
    ByteBuf before = unsent;
    if (before == null) {
      unsent = bytes;
    } else if (before instanceof CompositeByteBuf many) {
      many.addComponent(true, bytes);
    } else {
      unsent =
          PooledByteBufAllocator.DEFAULT
              .compositeDirectBuffer(Integer.MAX_VALUE)
              .addComponent(true, before)
              .addComponent(true, bytes);
    }
    full |= inFlight + unsentBytes() > MAX_IN_FLIGHT_BYTES;
  }

  private int unsentBytes() {
    ByteBuf bytes = unsent;
    return bytes == null ? 0 : bytes.readableBytes();
  }

  @Override
  public void flush() {
    ByteBuf bytes = unsent;
    unsent = null;
    if (bytes == null) {
      return;
    }
    if (response.ended() || response.closed()) {
      bytes.release();
      return;
    }
    int size = bytes.readableBytes();
    inFlight += size;
    response.write(BufferInternal.buffer(bytes)).onComplete(done -> done(bytes, size));
  }

  private void done(ByteBuf bytes, int size) {
    bytes.release();
    inFlight -= size;
    if (ending && inFlight == 0) {
      end();
    } else if (full && inFlight + unsentBytes() <= MAX_IN_FLIGHT_BYTES / 2) {
      full = false;
      loop.execute(listener::drained);
    }
  }

  /**
   * Ends the stream once all bytes are written, because a stream that has ended can no longer be
   * reset.
   */
  @Override
  public void end(ByteBuf bytes, int timeoutSeconds) {
    ending = true;
    resetTimer = TimerWheel.of(loop).after(1000L * timeoutSeconds, () -> response.reset(CANCEL));
    write(bytes);
    flush();
  }

  private void end() {
    if (!response.ended() && !response.closed()) {
      response.end();
    }
  }

  private void failed(Throwable failure) {
    if (failure instanceof StreamResetException reset) {
      peer = "reset " + reset.getCode();
    } else if (!(failure instanceof HttpClosedException)) {
      listener.failed(failure);
    }
  }

  private void closed() {
    TimerWheel.Timer planned = resetTimer;
    if (planned != null) {
      planned.cancel();
    }
    ByteBuf bytes = unsent;
    unsent = null;
    if (bytes != null) {
      bytes.release();
    }
    listener.closed(peer);
  }
}
