package io.stentor.websocket;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelOutboundHandler;
import io.netty.channel.unix.UnixChannel;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes encoded bytes to one socket: WebSocket frames, chunks of HTTP/1.1. Belongs to the socket's
 * event loop.
 *
 * <p>It writes at a place in Netty's pipeline behind every encoder, so that the same bytes can
 * serve every connection. Where the socket is native and no handler is between that place and it,
 * {@link #sendNow} calls the system directly.
 */
public final class FrameWriter {

  /*
   * A delivery to a socket that takes everything, which is nearly every delivery, touches this
   * object, the file descriptor and the shared bytes. The way through Netty would touch a dozen
   * objects more of each connection, and with a thousand connections none of them is in a cache.
   * What the socket does not take goes through Netty, which waits for it to be writable; as long as
   * something is on that way, everything goes that way, so that nothing is overtaken.
   */

  private final ChannelHandlerContext place;
  private final io.netty.channel.unix.@Nullable Socket descriptor;

  /** Writes that Netty has not completed. */
  private int queued;

  private boolean writable;

  /** The close frame was written. */
  private boolean ended;

  /** The latest ping that is not answered yet; null where there is none. */
  private @Nullable PingWebSocketFrame owed;

  /**
   * Creates a writer that keeps the order of earlier writes.
   *
   * @param place in the pipeline; writes pass only the handlers between it and the socket
   */
  public FrameWriter(ChannelHandlerContext place) {
    this.place = place;
    this.writable = place.channel().isWritable();
    this.descriptor = descriptor(place);
    write(Unpooled.EMPTY_BUFFER);
    flush();
  }

  private static io.netty.channel.unix.@Nullable Socket descriptor(ChannelHandlerContext place) {
    return nothingChangesBytes(place)
            && place.channel() instanceof UnixChannel channel
            && channel.fd() instanceof io.netty.channel.unix.Socket socket
        ? socket
        : null;
  }

  /** Whether no handler between the place and the socket sees what goes out. */
  private static boolean nothingChangesBytes(ChannelHandlerContext place) {
    for (Map.Entry<String, ChannelHandler> each : place.pipeline()) {
      if (each.getValue() == place.handler()) {
        return true;
      }
      if (each.getValue() instanceof ChannelOutboundHandler) {
        return false;
      }
    }
    return false;
  }

  public boolean isWritable() {
    return writable && !ended;
  }

  /** Bytes that wait for the socket. */
  public long queuedBytes() {
    ChannelOutboundBuffer waiting = place.channel().unsafe().outboundBuffer();
    return waiting == null ? 0 : waiting.totalPendingWriteBytes();
  }

  /** To be called when the writability of the channel has changed. */
  public void writabilityChanged() {
    writable = place.channel().isWritable();
  }

  /** Sends frames at once. The caller keeps its reference; unsent bytes are retained. */
  public void sendNow(ByteBuf frames) {
    if (ended) {
      return;
    }
    int sent = queued == 0 ? sendDirectly(frames) : 0;
    int left = frames.readableBytes() - sent;
    if (left > 0) {
      write(frames.retainedSlice(frames.readerIndex() + sent, left));
      flush();
    }
  }

  /** Returns how many bytes were sent; 0 also on a failure, which Netty then meets too. */
  private int sendDirectly(ByteBuf frames) {
    io.netty.channel.unix.Socket to = descriptor;
    if (to == null || !to.isOpen() || !frames.hasMemoryAddress()) {
      return 0;
    }
    try {
      return to.sendAddress(frames.memoryAddress(), frames.readerIndex(), frames.writerIndex());
    } catch (IOException e) {
      return 0;
    }
  }

  /** Writes frames without flushing. Takes over one reference. */
  public void write(ByteBuf frames) {
    if (ended) {
      frames.release();
      return;
    }
    queued++;
    place.write(frames).addListener(done());
  }

  public void flush() {
    place.flush();
  }

  /** Writes a control frame through the encoders. Takes over one reference. */
  void control(WebSocketFrame frame) {
    if (ended) {
      frame.release();
      return;
    }
    queued++;
    place.pipeline().writeAndFlush(frame).addListener(done());
  }

  /**
   * Writes the close frame; later writes are dropped. To be called once. Takes over one reference.
   *
   * @return completes when the socket has taken the frame
   */
  ChannelFuture end(CloseWebSocketFrame last) {
    ended = true;
    forgetOwed();
    return place.pipeline().writeAndFlush(last);
  }

  /**
   * Answers a ping now, or with {@link #pongOwed}. Of a peer that does not read, only the latest is
   * answered (RFC 6455, section 5.5.3).
   */
  void pong(PingWebSocketFrame ping) {
    if (ended) {
      return;
    }
    if (writable) {
      control(new PongWebSocketFrame(ping.content().retain()));
      return;
    }
    forgetOwed();
    owed = new PingWebSocketFrame(Unpooled.copiedBuffer(ping.content()));
  }

  /** Answers the pending ping, if the socket is writable again. */
  void pongOwed() {
    PingWebSocketFrame ping = owed;
    if (ping != null && writable) {
      pong(ping);
      forgetOwed();
    }
  }

  /** Drops the pending ping. */
  void forgetOwed() {
    ReferenceCountUtil.release(owed);
    owed = null;
  }

  private ChannelFutureListener done() {
    return future -> queued--;
  }
}
