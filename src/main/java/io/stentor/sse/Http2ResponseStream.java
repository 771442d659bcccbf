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

/** A stream that is one stream of an HTTP/2 connection, written through Vert.x. */
final class Http2ResponseStream implements ResponseStream {

  /*
   * Vert.x counts messages where its write queue is concerned; what is under way is counted in
   * bytes here, and released when the write is done, which Vert.x leaves to the owner of the memory.
   */

  /** With this much under way the stream is full; it takes more when half of it is done. */
  private static final int MAX_UNDER_WAY_BYTES = 64 * 1024;

  /** RFC 9113, section 7. */
  private static final long CANCEL = 8;

  private final HttpServerResponse response;
  private final String remoteAddress;
  private final EventLoop loop;
  private final Listener listener;
  private @Nullable ByteBuf unsent;
  private int underWay;
  private boolean full;
  private boolean ending;
  private TimerWheel.@Nullable Timer cut;
  private @Nullable String peer;

  /** A stream whose head is written. */
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
    return (long) underWay + unsentBytes();
  }

  @Override
  public void send(ByteBuf bytes) {
    write(bytes.retainedDuplicate());
    flush();
  }

  /** Gathered until they are flushed, since Vert.x flushes at each write. */
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
    full |= underWay + unsentBytes() > MAX_UNDER_WAY_BYTES;
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
    underWay += size;
    response.write(BufferInternal.buffer(bytes)).onComplete(done -> done(bytes, size));
  }

  private void done(ByteBuf bytes, int size) {
    bytes.release();
    underWay -= size;
    if (ending && underWay == 0) {
      end();
    } else if (full && underWay + unsentBytes() <= MAX_UNDER_WAY_BYTES / 2) {
      full = false;
      loop.execute(listener::drained);
    }
  }

  /** The stream's end follows when all is on its way: a stream that has ended cannot be cut. */
  @Override
  public void end(ByteBuf bytes, int timeoutSeconds) {
    ending = true;
    cut = TimerWheel.of(loop).after(1000L * timeoutSeconds, () -> response.reset(CANCEL));
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
    TimerWheel.Timer planned = cut;
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
