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
 * Writes encoded bytes to one socket: WebSocket frames or HTTP/1.1 chunks. Confined to the socket's
 * event loop.
 *
 * <p>It writes at a point in Netty's pipeline behind every encoder, so that connections can share
 * the same bytes. If the socket is native and no handler is between that point and the socket,
 * {@link #sendNow} makes the system call directly.
 */
public final class FrameWriter {

  /*
   * Nearly every delivery goes to a socket that accepts all of it. It touches only this object, the
   * file descriptor and the shared bytes. A write through Netty would touch a dozen more objects of
   * each connection, and with a thousand connections none of them is in the CPU's cache. Bytes that
   * the socket does not accept go through Netty, which waits until it is writable. While Netty has
   * such bytes, all further bytes go through it as well, which keeps their order.
   */

  private final ChannelHandlerContext place;
  private final io.netty.channel.unix.@Nullable Socket descriptor;

  /** Number of writes that Netty has not completed. */
  private int queued;

  private boolean writable;

  /** Whether {@link #isWritable} is false whatever the channel says. */
  private boolean held;

  /** Whether the close frame was written. */
  private boolean ended;

  /** The latest unanswered ping; null if there is none. */
  private @Nullable PingWebSocketFrame owed;

  /**
   * Creates a writer that keeps the order of earlier writes.
   *
   * @param place the point in the pipeline; writes pass only the handlers between it and the socket
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

  /** Returns whether no handler between the place and the socket handles outbound bytes. */
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

  /** Appends the header of an unmasked frame (RFC 6455, section 5.2). */
  static void writeHeader(int first, int length, ByteBuf out) {
    out.writeByte(first);
    if (length < 126) {
      out.writeByte(length);
    } else if (length < 65_536) {
      out.writeByte(126);
      out.writeShort(length);
    } else {
      out.writeByte(127);
      out.writeLong(length);
    }
  }

  public boolean isWritable() {
    return writable && !ended;
  }

  /** Returns the number of bytes queued for the socket. */
  public long queuedBytes() {
    ChannelOutboundBuffer waiting = place.channel().unsafe().outboundBuffer();
    return waiting == null ? 0 : waiting.totalPendingWriteBytes();
  }

  /** Must be called when the writability of the channel has changed. */
  public void writabilityChanged() {
    writable = !held && place.channel().isWritable();
  }

  /**
   * Makes this writer unwritable, or as writable as its channel again. What is written nevertheless
   * is sent.
   *
   * @return false if this was so already
   */
  boolean hold(boolean on) {
    boolean changed = held != on;
    held = on;
    writabilityChanged();
    return changed;
  }

  /** Sends frames immediately. The caller keeps its reference; unsent bytes are retained. */
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

  /**
   * Returns the number of sent bytes; 0 also after a failure, which Netty then encounters as well.
   */
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

  /** Writes frames without flushing. Takes ownership of one reference. */
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

  /** Writes a control frame through the encoders. Takes ownership of one reference. */
  void control(WebSocketFrame frame) {
    if (ended) {
      frame.release();
      return;
    }
    queued++;
    place.pipeline().writeAndFlush(frame).addListener(done());
  }

  /**
   * Writes the close frame. Later writes are dropped. Must be called once. Takes ownership of one
   * reference.
   *
   * @return completes when the frame is written to the socket
   */
  ChannelFuture end(CloseWebSocketFrame last) {
    ended = true;
    forgetOwed();
    return place.pipeline().writeAndFlush(last);
  }

  /**
   * Answers a ping now or, if the socket is not writable, in {@link #pongOwed}. If the peer does
   * not read, only its latest ping is answered (RFC 6455, section 5.5.3).
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
