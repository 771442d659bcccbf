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
 * Writes ready-made bytes to one socket: WebSocket frames, chunks of HTTP/1.1. Belongs to the
 * socket's event loop.
 *
 * <p>They are written at a place in Netty's pipeline that is behind every encoder, so that the same
 * bytes can serve every connection. Where the socket is native and nothing else stands between that
 * place and it, {@link #sendNow} goes straight to the system call.
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

  /** Writes that went to Netty and are not done. */
  private int queued;

  private boolean writable;

  /** The last frame was written. */
  private boolean ended;

  /** The latest ping that is not answered yet. */
  private @Nullable PingWebSocketFrame owed;

  /**
   * A writer that waits for what others have written before.
   *
   * @param place whose handler is not asked about what is written here, only those between it and
   *     the socket
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

  /** The channel's own word has changed. */
  public void writabilityChanged() {
    writable = place.channel().isWritable();
  }

  /** Sends frames at once. The bytes are lent; what the socket does not take is retained. */
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

  /** Returns how many bytes the socket took; 0 also where it failed, which Netty then finds too. */
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

  /** Writes ready-made frames without flushing. Takes over one reference to the bytes. */
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

  /** Writes a control frame; it does pass the encoders. Takes over one reference. */
  void control(WebSocketFrame frame) {
    if (ended) {
      frame.release();
      return;
    }
    queued++;
    place.pipeline().writeAndFlush(frame).addListener(done());
  }

  /**
   * Writes the last frame, once: whatever is to be written after it is dropped. Takes over one
   * reference.
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

  /** Answers the ping that waits, if the peer reads again. */
  void pongOwed() {
    PingWebSocketFrame ping = owed;
    if (ping != null && writable) {
      pong(ping);
      forgetOwed();
    }
  }

  /** Nothing is answered any more. */
  void forgetOwed() {
    ReferenceCountUtil.release(owed);
    owed = null;
  }

  private ChannelFutureListener done() {
    return future -> queued--;
  }
}
