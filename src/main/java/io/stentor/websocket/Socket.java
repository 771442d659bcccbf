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
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import io.stentor.admission.ConnectionGuard;
import io.stentor.admission.Limits.ConnectionRate;
import io.stentor.http.Takeover;
import io.stentor.message.CloseReason;
import io.stentor.timer.TimerWheel;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A WebSocket after the upgrade: messages in, encoded frames out, pings answered, the close
 * handshake (RFC 6455, section 7). Belongs to the socket's event loop.
 *
 * <p>It replaces Vert.x at the end of Netty's pipeline once the request is answered, see {@link
 * Takeover}, so that one encoded frame can serve many sockets, see {@link FrameWriter}.
 */
public final class Socket extends ChannelInboundHandlerAdapter {

  /** Receives the messages and events of one socket, on its event loop. */
  public interface Listener {

    /** The current limit of a message, in bytes. */
    int maxMessageBytes();

    /** How long the peer may take to complete a close handshake that starts now. */
    int closeTimeoutSeconds();

    /**
     * Whether the listener counts against the rate itself, by {@link Socket#take}, because one
     * message can hold several commands.
     */
    default boolean countsMessages() {
      return false;
    }

    /** A whole text message. It is not checked to be UTF-8. */
    void received(byte[] text);

    /** A message is not accepted; the listener has to close the socket. */
    void refused(CloseReason reason);

    /** A frame of any kind came from the peer. */
    void heard();

    /** The socket was full and is writable again. */
    void drained();

    /** The peer broke the protocol, or the connection failed; the socket closes by itself. */
    void error(String what);

    /**
     * Either side starts to close the socket: nothing more is received or sent. Called once, before
     * {@link #closed}.
     */
    void closing();

    /**
     * The connection has ended.
     *
     * @param reason the reason that this side closed it with; null where it did not
     * @param why the same, or else the peer's reason; for the log
     */
    void closed(@Nullable CloseReason reason, String why);
  }

  private enum State {
    /** Messages go both ways. */
    OPEN,
    /** The close frame was sent, and the peer's is awaited. */
    CLOSING,
    /** No frame is awaited: the connection ends as soon as the close frame is sent. */
    ENDING,
    /** The connection has ended. */
    ENDED
  }

  private final Listener listener;
  private final ChannelHandlerContext encoder;
  private final FrameWriter writer;
  private final ReadControl reader;
  private final @Nullable ConnectionRate rate;

  private State state = State.OPEN;

  /** The fragments of an incomplete message; null if there are none. */
  private @Nullable ByteArrayOutputStream fragments;

  /** The reason that this side closed it with; null where it did not. */
  private @Nullable CloseReason closing;

  private @Nullable String peerReason;

  /** Completes when the close frame is sent; null before it is written. */
  private @Nullable ChannelFuture closeSent;

  private Socket(ChannelHandlerContext encoder, int maxFrameBytes, Listener listener) {
    this.listener = listener;
    this.reader = new ReadControl(encoder.pipeline(), maxFrameBytes);
    this.encoder = encoder;
    ConnectionGuard guard = ConnectionGuard.of(encoder.channel());
    this.rate = guard == null ? null : guard.connectionRate();
    this.writer = new FrameWriter(encoder);
  }

  /**
   * Takes over an accepted WebSocket. Nothing is received before {@link #begin}.
   *
   * @param encoder the result of {@link Takeover#accept}
   * @param maxFrameBytes a longer frame is refused by its header, before any of it is held
   */
  public static Socket takeOver(
      ChannelHandlerContext encoder, int maxFrameBytes, Listener listener) {
    Socket socket = new Socket(encoder, maxFrameBytes, listener);
    Takeover.replaceLast(encoder.pipeline(), socket);
    return socket;
  }

  /** Starts to receive frames. To be called once, in the turn of the take-over. */
  public void begin() {
    reader.begin();
  }

  /** For log lines: the peer, and the client's address where the peer is a proxy. */
  @Override
  public String toString() {
    String peer = String.valueOf(encoder.channel().remoteAddress());
    ConnectionGuard guard = ConnectionGuard.of(encoder.channel());
    String client = guard == null ? null : guard.proxiedClient();
    return client == null ? peer : peer + " for " + client;
  }

  /** Whether neither side has started to close it. */
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

  /** Sends encoded frames at once. The caller keeps its reference. */
  public void send(ByteBuf shared) {
    writer.sendNow(shared);
  }

  /** Queues encoded frames until {@link #flush}. Takes over one reference. */
  public void write(ByteBuf frames) {
    writer.write(frames);
  }

  /** Sends the queued frames. */
  public void flush() {
    writer.flush();
  }

  void ping() {
    writer.control(new PingWebSocketFrame(Unpooled.EMPTY_BUFFER));
  }

  /** Pauses or resumes reading. Frames that were read already still arrive. */
  public void read(boolean on) {
    reader.read(on);
  }

  /**
   * Counts one message against the rate of the connection.
   *
   * @return for how many nanoseconds nothing more should be accepted; mostly 0
   */
  public long take() {
    return rate == null ? 0 : rate.take(this);
  }

  /** Pauses reading for a while, so that TCP slows the peer down. */
  void slow(long nanos) {
    if (nanos > 0) {
      reader.slow(nanos);
    }
  }

  /** Whether reading is paused because the peer sent too fast. */
  public boolean isSlowed() {
    return reader.isSlowed();
  }

  /**
   * Sends a close frame, waits for the peer's and ends the connection; aborts it where the peer
   * does not answer in time or has stopped reading. Nothing can be sent afterwards.
   *
   * @return false where either side has already started to close it
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

  /** Aborts the connection after the timeout if it has not ended by then. */
  private ChannelFuture sendClose(State next, CloseWebSocketFrame frame) {
    Channel channel = encoder.channel();
    ChannelFuture sent = writer.end(frame);
    closeSent = sent;
    TimerWheel.of(channel.eventLoop())
        .after(1000L * listener.closeTimeoutSeconds(), channel::close);
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

  /** Once the socket is closing, only the peer's close frame matters. */
  private void received(WebSocketFrame frame) {
    if (frame instanceof CloseWebSocketFrame close) {
      closeReceived(close);
    } else if (state != State.OPEN) {
      return;
    } else if (frame instanceof PingWebSocketFrame ping) {
      writer.pong(ping);
    } else if (!(frame instanceof PongWebSocketFrame)) {
      dataReceived(frame);
    }
  }

  /** Assembles frames into messages (RFC 6455, section 5.4). */
  private void dataReceived(WebSocketFrame frame) {
    int maxMessageBytes = listener.maxMessageBytes();
    int before = fragments == null ? 0 : fragments.size();
    if (frame instanceof BinaryWebSocketFrame) {
      listener.refused(CloseReason.BINARY_NOT_ALLOWED);
    } else if (before + frame.content().readableBytes() > maxMessageBytes) {
      fragments = null;
      listener.refused(CloseReason.tooBig(maxMessageBytes));
    } else {
      byte[] data = ByteBufUtil.getBytes(frame.content());
      if (fragments == null && frame.isFinalFragment()) {
        listener.received(data);
      } else {
        addFragment(data, frame.isFinalFragment());
      }
    }
  }

  private void addFragment(byte[] data, boolean last) {
    ByteArrayOutputStream all = fragments == null ? new ByteArrayOutputStream() : fragments;
    all.writeBytes(data);
    fragments = last ? null : all;
    if (last) {
      listener.received(all.toByteArray());
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
      CloseReason invalid = invalid(close);
      if (invalid != null) {
        closing = invalid;
        listener.error("invalid close frame: " + peerReason);
      }
      CloseWebSocketFrame answer = invalid == null ? close.retain() : frame(invalid);
      sendClose(State.ENDING, answer).addListener(ChannelFutureListener.CLOSE);
    } else if (state == State.CLOSING && closeSent != null) {
      state = State.ENDING;
      closeSent.addListener(ChannelFutureListener.CLOSE);
    }
  }

  /** The reason to close with where the peer's close frame is invalid; null where it is valid. */
  private static @Nullable CloseReason invalid(CloseWebSocketFrame close) {
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
