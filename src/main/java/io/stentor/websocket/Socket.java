package io.stentor.websocket;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import io.stentor.admission.ConnectionGuard;
import io.stentor.admission.ConnectionRate;
import io.stentor.http.Takeover;
import io.stentor.message.CloseReason;
import io.stentor.timer.TimerWheel;
import java.nio.charset.StandardCharsets;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A WebSocket after the upgrade: whole frames in, ready-made frames out, pings answered, the close
 * handshake kept (RFC 6455, section 7). Belongs to the socket's event loop.
 *
 * <p>It takes Vert.x's place at the end of Netty's pipeline once the request is answered, see
 * {@link Takeover}, so that ready-made frames can be written, see {@link FrameWriter}.
 */
public final class Socket extends ChannelInboundHandlerAdapter {

  /** How far a socket is on its way to its end. */
  private enum State {
    /** Messages go both ways. */
    OPEN,
    /** The close frame was sent, and the peer's is awaited. */
    CLOSING,
    /** No frame is awaited any more: the connection ends as soon as the close frame is sent. */
    ENDING,
    /** The connection has ended. */
    ENDED
  }

  private final SocketListener listener;
  private final ChannelHandlerContext encoder;
  private final FrameWriter writer;
  private final FrameReader reader;
  private final IntSupplier closeTimeoutSeconds;
  private final @Nullable ConnectionRate pace;

  private State state = State.OPEN;

  /** What it was closed with here; null where it was not. */
  private @Nullable CloseReason closing;

  private @Nullable String peerReason;

  /** Completes when the close frame is sent; null before it is written. */
  private @Nullable ChannelFuture closeSent;

  private Socket(
      SocketListener listener,
      ChannelHandlerContext encoder,
      int maxFrameBytes,
      IntSupplier closeTimeoutSeconds) {
    this.listener = listener;
    this.reader = new FrameReader(encoder.pipeline(), maxFrameBytes);
    this.closeTimeoutSeconds = closeTimeoutSeconds;
    this.encoder = encoder;
    ConnectionGuard guard = ConnectionGuard.of(encoder.channel());
    this.pace = guard == null ? null : guard.pace();
    this.writer = new FrameWriter(encoder);
  }

  /**
   * Takes an accepted WebSocket over. Nothing is received before {@link #begin}.
   *
   * @param encoder what {@link Takeover#accept} gave
   * @param maxFrameBytes a longer frame is refused by its header, before any of it is kept
   * @param closeTimeoutSeconds after which a socket that is closed at that moment is cut
   */
  public static Socket takeOver(
      ChannelHandlerContext encoder,
      int maxFrameBytes,
      IntSupplier closeTimeoutSeconds,
      SocketListener listener) {
    Socket socket = new Socket(listener, encoder, maxFrameBytes, closeTimeoutSeconds);
    Takeover.replaceLast(encoder.pipeline(), socket);
    return socket;
  }

  /** Begins to receive frames. To be called once, in the turn of the take-over. */
  public void begin() {
    reader.begin();
  }

  /** For log lines: the peer, and for whom where it is a proxy. */
  @Override
  public String toString() {
    String peer = String.valueOf(encoder.channel().remoteAddress());
    ConnectionGuard guard = ConnectionGuard.of(encoder.channel());
    return guard == null || guard.place() == null ? peer : peer + " for " + guard.client();
  }

  /** Whether neither side has begun to close it. */
  boolean isOpen() {
    return state == State.OPEN;
  }

  public boolean isWritable() {
    return writer.isWritable();
  }

  /** Bytes that wait for the peer. */
  public long queuedBytes() {
    return writer.queuedBytes();
  }

  /** Sends ready-made frames at once. They are lent; what is not taken at once is retained. */
  public void send(ByteBuf shared) {
    writer.sendNow(shared);
  }

  /** Writes ready-made frames without sending them. Takes over one reference. */
  public void write(ByteBuf frames) {
    writer.write(frames);
  }

  /** Sends what was written. */
  public void flush() {
    writer.flush();
  }

  void ping() {
    writer.control(new PingWebSocketFrame(Unpooled.EMPTY_BUFFER));
  }

  /** Whether to read. Frames that were read already still arrive. */
  public void read(boolean on) {
    reader.read(on);
  }

  /**
   * Takes one message from the connection's pace.
   *
   * @return for how many nanoseconds nothing more should be taken; mostly 0
   */
  public long take() {
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
  public boolean isSlowed() {
    return reader.isSlowed();
  }

  /**
   * Sends a close frame, waits for the peer's and ends the connection; cuts it where the peer does
   * not answer or has stopped reading. Nothing is written any more.
   *
   * @return false where either side has begun to close it already
   */
  public boolean close(CloseReason reason) {
    if (state != State.OPEN) {
      return false;
    }
    closing = reason;
    if (reason.code() == CloseReason.GONE.code()) {
      // Sends no close frame: the peer only sees the connection end.
      leaveOpen(State.ENDING);
      encoder.channel().close();
    } else {
      sendClose(State.CLOSING, frame(reason));
    }
    return true;
  }

  private static CloseWebSocketFrame frame(CloseReason reason) {
    return new CloseWebSocketFrame(reason.code(), reason.reason());
  }

  /** The only way out of the state OPEN while the connection lasts. */
  private void leaveOpen(State next) {
    state = next;
    reader.end();
    listener.closing();
  }

  /** The connection is cut where the peer does not take the frame, or does not do its part. */
  private ChannelFuture sendClose(State next, CloseWebSocketFrame frame) {
    Channel channel = encoder.channel();
    ChannelFuture sent = writer.end(frame);
    closeSent = sent;
    TimerWheel.of(channel.eventLoop())
        .after(1000L * closeTimeoutSeconds.getAsInt(), channel::close);
    leaveOpen(next);
    return sent;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    try {
      if (message instanceof WebSocketFrame frame) {
        listener.heard();
        if (state == State.OPEN) {
          boolean whole = frame instanceof TextWebSocketFrame && frame.isFinalFragment();
          if (!whole || !listener.countsMessages()) {
            slow(take());
          }
        }
        received(frame);
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  /** A socket that is being closed only looks for the peer's close frame. */
  private void received(WebSocketFrame frame) {
    if (frame instanceof CloseWebSocketFrame close) {
      closeReceived(close);
    } else if (state != State.OPEN) {
      return;
    } else if (frame instanceof PingWebSocketFrame ping) {
      writer.pong(ping);
    } else if (!(frame instanceof PongWebSocketFrame)) {
      listener.received(frame);
    }
  }

  private void drained() {
    writer.pongOwed();
    if (state == State.OPEN) {
      listener.drained();
    }
  }

  private void closeReceived(CloseWebSocketFrame close) {
    if (state == State.OPEN) {
      peerReason = (close.statusCode() + " " + close.reasonText()).strip();
      CloseReason wrong = wrong(close);
      if (wrong != null) {
        closing = wrong;
        listener.error("its close frame may not be sent: " + peerReason);
      }
      CloseWebSocketFrame answer = wrong == null ? close.retain() : frame(wrong);
      sendClose(State.ENDING, answer).addListener(ChannelFutureListener.CLOSE);
    } else if (state == State.CLOSING && closeSent != null) {
      state = State.ENDING;
      closeSent.addListener(ChannelFutureListener.CLOSE);
    }
  }

  /** What a peer is told whose close frame may not be sent; null where it may. */
  private static @Nullable CloseReason wrong(CloseWebSocketFrame close) {
    ByteBuf content = close.content();
    int bytes = content.readableBytes();
    if (bytes == 0) {
      return null;
    }
    if (!CloseReason.isCode(close.statusCode())) {
      return CloseReason.NOT_THE_PROTOCOL;
    }
    // The decoder lets a reason pass that ends in the middle of a character.
    int codeBytes = Short.BYTES;
    ByteBuf reason = content.slice(content.readerIndex() + codeBytes, bytes - codeBytes);
    return ByteBufUtil.isText(reason, StandardCharsets.UTF_8) ? null : CloseReason.NOT_UTF8;
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
      listener.error(String.valueOf(failure.getMessage()));
      ctx.close();
    } else if (reader.stop()) {
      notDecoded(failure);
    }
  }

  /**
   * The peer's close frame cannot be found in what it still sends. So only this side of the
   * connection is ended, and the peer's end of it is the answer (RFC 6455, section 7.1.1).
   */
  private void notDecoded(Throwable failure) {
    if (state == State.OPEN) {
      CloseReason reason = reader.reason(failure);
      closing = reason;
      listener.error(String.valueOf(failure.getMessage()));
      sendClose(State.ENDING, frame(reason)).addListener(Socket::endOutput);
    } else if (state == State.CLOSING && closeSent != null) {
      state = State.ENDING;
      closeSent.addListener(Socket::endOutput);
    }
  }

  private static void endOutput(Future<?> sent) {
    Channel channel = ((ChannelFuture) sent).channel();
    if (!sent.isSuccess()) {
      channel.close();
      return;
    }
    SslHandler tls = channel.pipeline().get(SslHandler.class);
    ChannelFuture told = tls == null ? (ChannelFuture) sent : tls.closeOutbound();
    told.addListener(
        done -> {
          if (channel instanceof DuplexChannel duplex) {
            duplex.shutdownOutput();
          } else {
            channel.close();
          }
        });
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    writer.forgetOwed();
    if (state == State.OPEN) {
      leaveOpen(State.ENDED);
    }
    state = State.ENDED;
    String why = closing == null ? peerReason : closing.toString();
    listener.closed(closing, why == null ? "1006 the connection ended without a close frame" : why);
  }
}
