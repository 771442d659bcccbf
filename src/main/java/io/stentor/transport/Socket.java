package io.stentor.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrameEncoder;
import io.netty.util.ReferenceCountUtil;
import io.stentor.message.CloseReason;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.internal.http.WebSocketInternal;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A WebSocket after the upgrade: whole frames in, ready-made frames out, pings answered, the close
 * handshake kept (RFC 6455, section 7). Belongs to the socket's event loop.
 *
 * <p>This is the one place that reaches behind Vert.x. It takes Vert.x's place at the end of
 * Netty's pipeline once Vert.x has done the upgrade. Messages are written at the frame encoder's
 * place, so that they pass no encoder and the same bytes can serve every connection; and nothing of
 * the upgrade request stays in memory for as long as the socket is open. See docs/decisions.
 */
final class Socket extends ChannelInboundHandlerAdapter {

  /** Whoever uses the socket; called on its event loop. */
  interface Listener {
    /** A text, binary or continuation frame; its content is released after the call. */
    void received(WebSocketFrame frame);

    /** Something came from the peer. */
    void heard();

    /** The socket was full and takes more now. */
    void drained();

    /** The peer broke the protocol or the socket failed; the socket closes. */
    void failed(Throwable failure);

    /**
     * The socket is closed.
     *
     * @param peer what the peer gave as its reason; null where it gave none
     */
    void closed(@Nullable String peer);
  }

  private final Listener listener;
  private final ChannelHandlerContext encoder;

  /** The same as the channel says, without the way through four objects for each delivery. */
  private boolean writable;

  private boolean closeSent;
  private @Nullable String peerReason;

  private Socket(Listener listener, ChannelHandlerContext encoder) {
    this.listener = listener;
    this.encoder = encoder;
    this.writable = encoder.channel().isWritable();
  }

  /**
   * Takes an accepted WebSocket over. To be called as soon as it is accepted, on its event loop.
   *
   * @throws IllegalStateException when the pipeline is not as expected: an update of Vert.x has
   *     changed it
   */
  static Socket takeOver(ServerWebSocket accepted, Listener listener) {
    ChannelHandlerContext vertx = ((WebSocketInternal) accepted).channelHandlerContext();
    ChannelHandlerContext encoder = vertx.pipeline().context(WebSocketFrameEncoder.class);
    if (encoder == null || vertx.pipeline().last() != vertx.handler()) {
      throw new IllegalStateException("unexpected pipeline: " + vertx.pipeline().names());
    }
    Socket socket = new Socket(listener, encoder);
    vertx.pipeline().replace(vertx.handler(), "stentor", socket);
    return socket;
  }

  String remoteAddress() {
    return String.valueOf(encoder.channel().remoteAddress());
  }

  boolean isWritable() {
    return writable;
  }

  /** Writes ready-made frames without flushing. Takes over one reference to the bytes. */
  void write(ByteBuf frames) {
    encoder.write(frames, encoder.voidPromise());
  }

  void flush() {
    encoder.flush();
  }

  void ping() {
    send(new PingWebSocketFrame(Unpooled.EMPTY_BUFFER));
  }

  /** Whether to read. Frames that were read already still arrive. */
  void read(boolean on) {
    encoder.channel().config().setAutoRead(on);
  }

  /**
   * Sends a close frame, waits for the peer's and closes; cuts the socket where the peer does not
   * answer or has stopped reading.
   */
  void close(CloseReason reason, int timeoutSeconds) {
    if (!closeSent) {
      closeSent = true;
      send(new CloseWebSocketFrame(reason.code(), reason.reason()));
      read(true);
      encoder
          .channel()
          .eventLoop()
          .schedule(() -> encoder.channel().close(), timeoutSeconds, TimeUnit.SECONDS);
    }
  }

  /** Control frames do pass the encoder: they are made by it, after what was written before. */
  private void send(WebSocketFrame frame) {
    encoder.pipeline().writeAndFlush(frame);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    try {
      if (message instanceof WebSocketFrame frame) {
        listener.heard();
        received(frame);
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private void received(WebSocketFrame frame) {
    if (frame instanceof PingWebSocketFrame) {
      send(new PongWebSocketFrame(frame.content().retain()));
    } else if (frame instanceof CloseWebSocketFrame close) {
      closeReceived(close);
    } else if (!(frame instanceof PongWebSocketFrame) && !closeSent) {
      listener.received(frame);
    }
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
    writable = ctx.channel().isWritable();
    if (writable) {
      // Netty calls this from within a flush: who is flushing has to finish first.
      ctx.executor().execute(listener::drained);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable failure) {
    // After a broken frame the decoder has sent the close frame that fits (RFC 6455, 7.4.1).
    listener.failed(failure);
    if (!(failure instanceof io.netty.handler.codec.CorruptedFrameException)) {
      ctx.close();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    listener.closed(peerReason);
  }
}
