package io.stentor.transport;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrameDecoder;
import io.netty.util.ReferenceCountUtil;
import io.stentor.limits.Pace;
import io.stentor.message.CloseReason;
import io.vertx.core.http.ServerWebSocket;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A WebSocket after the upgrade: whole frames in, ready-made frames out, pings answered, the close
 * handshake kept (RFC 6455, section 7). Belongs to the socket's event loop.
 *
 * <p>It takes Vert.x's place at the end of Netty's pipeline once Vert.x has done the upgrade, see
 * {@link Takeover}, so that ready-made frames can be written, see {@link FrameWriter}.
 */
final class Socket extends ChannelInboundHandlerAdapter {

  private static final String DECODER = "frames";

  /** Whoever uses the socket; called on its event loop. */
  interface Listener {
    /**
     * Whether the listener takes whole messages from the pace by {@link Socket#take}, since there
     * is more than one thing in each.
     */
    default boolean countsMessages() {
      return false;
    }

    /** A text, binary or continuation frame; its content is released after the call. */
    void received(WebSocketFrame frame);

    /** Something came from the peer. */
    void heard();

    /** The socket was full and takes more now. */
    void drained();

    /** The peer broke the protocol; nothing more is heard of it, and the listener has to close. */
    void broken(CloseReason reason, String what);

    /** The socket failed and closes. */
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
  private final FrameWriter writer;
  private final int maxFrameBytes;

  private final WebSocket13FrameDecoder decoder;
  private final @Nullable Pace pace;

  private boolean wanted = true;
  private boolean slowed;
  private @Nullable PingWebSocketFrame owed;
  private boolean closeSent;
  private @Nullable String peerReason;

  private Socket(
      Listener listener,
      ChannelHandlerContext encoder,
      WebSocket13FrameDecoder decoder,
      int maxFrameBytes) {
    this.listener = listener;
    this.maxFrameBytes = maxFrameBytes;
    this.encoder = encoder;
    this.decoder = decoder;
    Guard guard = Guard.of(encoder.channel());
    this.pace = guard == null ? null : guard.pace();
    this.writer = new FrameWriter(encoder);
  }

  /**
   * Takes an accepted WebSocket over. To be called as soon as it is accepted, on its event loop.
   *
   * @param maxFrameBytes a longer frame is refused by its header, before any of it is kept
   * @throws IllegalStateException when the pipeline is not as expected: an update of Vert.x has
   *     changed it
   */
  static Socket takeOver(ServerWebSocket accepted, int maxFrameBytes, Listener listener) {
    ChannelHandlerContext encoder = Takeover.encoder(accepted);
    WebSocket13FrameDecoder decoder = new WebSocket13FrameDecoder(decoding(maxFrameBytes));
    encoder.pipeline().replace(WebSocketFrameDecoder.class, DECODER, decoder);
    Socket socket = new Socket(listener, encoder, decoder, maxFrameBytes);
    Takeover.replaceLast(encoder.pipeline(), socket);
    return socket;
  }

  private static WebSocketDecoderConfig decoding(int maxFrameBytes) {
    return WebSocketDecoderConfig.newBuilder()
        .maxFramePayloadLength(maxFrameBytes)
        .expectMaskedFrames(true)
        .allowExtensions(false)
        .closeOnProtocolViolation(false)
        .build();
  }

  /** For log lines: the peer, and for whom where it is a proxy. */
  String remoteAddress() {
    String peer = String.valueOf(encoder.channel().remoteAddress());
    Guard guard = Guard.of(encoder.channel());
    return guard == null || guard.place() == null ? peer : peer + " for " + guard.client();
  }

  FrameWriter writer() {
    return writer;
  }

  void ping() {
    writer.control(new PingWebSocketFrame(Unpooled.EMPTY_BUFFER));
  }

  /** Whether to read. Frames that were read already still arrive. */
  void read(boolean on) {
    wanted = on;
    encoder.channel().config().setAutoRead(on && !slowed);
  }

  /**
   * Takes one message from the connection's pace.
   *
   * @return for how many nanoseconds nothing more should be taken; mostly 0
   */
  long take() {
    return pace == null ? 0 : pace.take(remoteAddress());
  }

  /**
   * Reads nothing for a while, so that TCP slows the peer down. What was read already waits as it
   * came, one frame at most excepted.
   */
  void slow(long nanos) {
    if (nanos > 0 && !slowed) {
      slowed = true;
      decoder.setSingleDecode(true);
      encoder.channel().config().setAutoRead(false);
      encoder.channel().eventLoop().schedule(this::goOn, nanos, TimeUnit.NANOSECONDS);
    }
  }

  /** Whether the peer is not read because it sent too fast. */
  boolean isSlowed() {
    return slowed;
  }

  private void goOn() {
    slowed = false;
    decoder.setSingleDecode(false);
    ChannelHandlerContext decoding = encoder.pipeline().context(DECODER);
    if (decoding != null) {
      try {
        decoder.channelRead(decoding, Unpooled.EMPTY_BUFFER);
      } catch (Exception e) {
        decoding.fireExceptionCaught(e);
      }
    }
    read(wanted);
  }

  /**
   * Sends a close frame, waits for the peer's and closes; cuts the socket where the peer does not
   * answer or has stopped reading.
   */
  void close(CloseReason reason, int timeoutSeconds) {
    if (reason.code() == CloseReason.GONE.code()) {
      // Said by no frame: the peer sees the connection end.
      closeSent = true;
      encoder.channel().close();
    } else if (!closeSent) {
      closeSent = true;
      writer.control(new CloseWebSocketFrame(reason.code(), reason.reason()));
      read(true);
      encoder
          .channel()
          .eventLoop()
          .schedule(() -> encoder.channel().close(), timeoutSeconds, TimeUnit.SECONDS);
    }
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
      pong(ping);
    } else if (frame instanceof CloseWebSocketFrame close) {
      closeReceived(close);
    } else if (!(frame instanceof PongWebSocketFrame) && !closeSent) {
      listener.received(frame);
    }
  }

  /** Of a peer that does not read, only the latest ping is answered (RFC 6455, section 5.5.3). */
  private void pong(PingWebSocketFrame ping) {
    if (writer.isWritable()) {
      writer.control(new PongWebSocketFrame(ping.content().retain()));
      return;
    }
    forgetOwed();
    owed = new PingWebSocketFrame(Unpooled.copiedBuffer(ping.content()));
  }

  private void forgetOwed() {
    ReferenceCountUtil.release(owed);
    owed = null;
  }

  private void drained() {
    PingWebSocketFrame ping = owed;
    if (ping != null && writer.isWritable()) {
      pong(ping);
      forgetOwed();
    }
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
    } else if (ctx.pipeline().get(DECODER) != null) {
      // What the peer still sends is read and thrown away: closing now would reset the connection,
      // and the peer might never see why.
      ctx.pipeline().replace(DECODER, "discard", Takeover.DISCARD);
      listener.broken(reason(failure), String.valueOf(failure.getMessage()));
    }
  }

  private CloseReason reason(Throwable failure) {
    boolean tooBig =
        failure instanceof TooLongFrameException
            || (failure instanceof CorruptedWebSocketFrameException broken
                && broken.closeStatus().equals(WebSocketCloseStatus.MESSAGE_TOO_BIG));
    return tooBig ? CloseReason.tooBig(maxFrameBytes) : CloseReason.NOT_THE_PROTOCOL;
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    forgetOwed();
    listener.closed(peerReason);
  }
}
