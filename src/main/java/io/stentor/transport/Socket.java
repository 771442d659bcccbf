package io.stentor.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.util.ReferenceCountUtil;
import io.stentor.limits.Pace;
import io.stentor.message.CloseReason;
import io.stentor.timer.TimerWheel;
import io.vertx.core.http.ServerWebSocket;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A WebSocket after the upgrade: whole frames in, ready-made frames out, pings answered, the close
 * handshake kept (RFC 6455, section 7). Belongs to the socket's event loop.
 *
 * <p>It takes Vert.x's place at the end of Netty's pipeline once Vert.x has done the upgrade, see
 * {@link Takeover}, so that ready-made frames can be written, see {@link FrameWriter}.
 */
final class Socket extends ChannelInboundHandlerAdapter {

  private final SocketListener listener;
  private final ChannelHandlerContext encoder;
  private final FrameWriter writer;
  private final FrameReader reader;
  private final IntSupplier closeTimeoutSeconds;
  private final @Nullable Pace pace;

  private @Nullable CloseReason closing;
  private boolean closeSent;
  private @Nullable String peerReason;

  private Socket(
      SocketListener listener,
      ChannelHandlerContext encoder,
      int maxFrameBytes,
      IntSupplier closeTimeoutSeconds) {
    this.listener = listener;
    this.reader = new FrameReader(encoder.pipeline(), maxFrameBytes);
    this.closeTimeoutSeconds = closeTimeoutSeconds;
    this.encoder = encoder;
    Guard guard = Guard.of(encoder.channel());
    this.pace = guard == null ? null : guard.pace();
    this.writer = new FrameWriter(encoder);
  }

  /**
   * Takes an accepted WebSocket over. To be called as soon as it is accepted, on its event loop.
   *
   * @param maxFrameBytes a longer frame is refused by its header, before any of it is kept
   * @param closeTimeoutSeconds after which a socket that is closed at that moment is cut
   * @throws IllegalStateException when the pipeline is not as expected: an update of Vert.x has
   *     changed it
   */
  static Socket takeOver(
      ServerWebSocket accepted,
      int maxFrameBytes,
      IntSupplier closeTimeoutSeconds,
      SocketListener listener) {
    ChannelHandlerContext encoder = Takeover.encoder(accepted);
    Socket socket = new Socket(listener, encoder, maxFrameBytes, closeTimeoutSeconds);
    Takeover.replaceLast(encoder.pipeline(), socket);
    return socket;
  }

  /** For log lines: the peer, and for whom where it is a proxy. */
  @Override
  public String toString() {
    String peer = String.valueOf(encoder.channel().remoteAddress());
    Guard guard = Guard.of(encoder.channel());
    return guard == null || guard.place() == null ? peer : peer + " for " + guard.client();
  }

  /** Whether it is open and nobody has begun to close it here. */
  boolean isOpen() {
    return closing == null;
  }

  boolean isWritable() {
    return closing == null && writer.isWritable();
  }

  /** Bytes that wait for the peer. */
  long queuedBytes() {
    return writer.queuedBytes();
  }

  /** Sends ready-made frames at once. They are lent; what is not taken at once is retained. */
  void send(ByteBuf shared) {
    if (closing == null) {
      writer.sendNow(shared);
    }
  }

  /** Writes ready-made frames without sending them. Takes over one reference. */
  void write(ByteBuf frames) {
    if (closing == null) {
      writer.write(frames);
    } else {
      frames.release();
    }
  }

  /** Sends what was written. */
  void flush() {
    writer.flush();
  }

  void ping() {
    if (closing == null) {
      writer.control(new PingWebSocketFrame(Unpooled.EMPTY_BUFFER));
    }
  }

  /** Whether to read. Frames that were read already still arrive. */
  void read(boolean on) {
    reader.read(on);
  }

  /**
   * Takes one message from the connection's pace.
   *
   * @return for how many nanoseconds nothing more should be taken; mostly 0
   */
  long take() {
    return pace == null ? 0 : pace.take(this);
  }

  /**
   * Reads nothing for a while, so that TCP slows the peer down. What was read already waits as it
   * came, one frame at most excepted.
   */
  void slow(long nanos) {
    reader.slow(nanos);
  }

  /** Whether the peer is not read because it sent too fast. */
  boolean isSlowed() {
    return reader.isSlowed();
  }

  /**
   * Sends a close frame, waits for the peer's and closes; cuts the socket where the peer does not
   * answer or has stopped reading. Nothing is written any more.
   *
   * @return false where it is closed, or being closed here, already
   */
  boolean close(CloseReason reason) {
    if (closing != null) {
      return false;
    }
    closing = reason;
    reader.end();
    Channel channel = encoder.channel();
    if (reason.code() == CloseReason.GONE.code()) {
      // Said by no frame: the peer sees the connection end.
      closeSent = true;
      channel.close();
    } else if (!closeSent) {
      closeSent = true;
      writer.control(new CloseWebSocketFrame(reason.code(), reason.reason()));
      channel.config().setAutoRead(true);
      TimerWheel.of(channel.eventLoop())
          .after(1000L * closeTimeoutSeconds.getAsInt(), channel::close);
    }
    return true;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    try {
      if (message instanceof WebSocketFrame frame) {
        listener.heard();
        boolean whole = frame instanceof TextWebSocketFrame && frame.isFinalFragment();
        if (!whole || !listener.countsMessages()) {
          slow(take());
        }
        received(frame);
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private void received(WebSocketFrame frame) {
    if (frame instanceof PingWebSocketFrame ping) {
      writer.pong(ping);
    } else if (frame instanceof CloseWebSocketFrame close) {
      closeReceived(close);
    } else if (!(frame instanceof PongWebSocketFrame) && !closeSent) {
      listener.received(frame);
    }
  }

  private void drained() {
    writer.pongOwed();
    listener.drained();
  }

  private void closeReceived(CloseWebSocketFrame close) {
    String said = close.reasonText();
    peerReason = close.statusCode() + (said == null || said.isEmpty() ? "" : " " + said);
    if (closeSent) {
      encoder.channel().close();
    } else {
      closeSent = true;
      encoder.pipeline().writeAndFlush(close.retain()).addListener(ChannelFutureListener.CLOSE);
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    writer.writabilityChanged();
    if (writer.isWritable()) {
      // Netty calls this from within a flush: who is flushing has to finish first.
      ctx.executor().execute(this::drained);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable failure) {
    if (!(failure instanceof DecoderException)) {
      listener.failed(failure);
      ctx.close();
    } else if (reader.stop()) {
      listener.broken(reader.reason(failure), String.valueOf(failure.getMessage()));
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    writer.forgetOwed();
    reader.end();
    CloseReason reason = closing;
    String said = peerReason == null ? "1006 without a word" : peerReason;
    closing = reason == null ? CloseReason.GONE : reason;
    listener.closed(reason, reason == null ? said : reason.toString());
  }
}
