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
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import io.stentor.admission.ConnectionGuard;
import io.stentor.admission.Limits.ConnectionRate;
import io.stentor.http.Takeover;
import io.stentor.message.CloseReason;
import io.stentor.room.Output;
import io.stentor.timer.TimerWheel;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.zip.DataFormatException;
import org.jspecify.annotations.Nullable;

/**
 * A WebSocket after the upgrade: assembles messages from frames, writes encoded frames, answers
 * pings, and does the close handshake (RFC 6455, section 7). Confined to the socket's event loop.
 *
 * <p>It replaces the Vert.x handler at the end of Netty's pipeline once the upgrade request is
 * answered, see {@link Takeover}, so that many sockets can share one encoded frame, see {@link
 * FrameWriter}.
 */
public final class Socket extends ChannelInboundHandlerAdapter implements Output {

  /** Receives the messages and events of one socket, on its event loop. */
  public interface Listener {

    /** Returns the current maximum size of a message, in bytes. */
    int maxMessageBytes();

    /** Returns how long the peer may take to complete a close handshake that starts now. */
    int closeTimeoutSeconds();

    /**
     * Returns whether the listener itself charges messages to the rate with {@link Socket#take},
     * because one message can contain several commands.
     */
    default boolean countsMessages() {
      return false;
    }

    /** A complete text message has arrived. It may not be valid UTF-8. */
    void received(byte[] text);

    /** Returns whether binary messages are received; otherwise they are refused. */
    default boolean takesBinary() {
      return false;
    }

    /** A complete binary message has arrived. */
    default void receivedBinary(byte[] data) {
      refused(CloseReason.BINARY_NOT_ALLOWED);
    }

    /** A message was refused. The listener must close the socket. */
    void refused(CloseReason reason);

    /** A frame of any kind has arrived. */
    void heard();

    /** The socket was not writable and is writable again. */
    void drained();

    /** The peer violated the protocol, or the connection failed. The socket closes itself. */
    void error(String what);

    /**
     * Either side has started to close the socket: nothing more is received or sent. Called once,
     * before {@link #closed}.
     */
    void closing();

    /**
     * The connection has ended.
     *
     * @param reason the reason with which this side closed it; null if it did not
     * @param why for log lines: the same reason, or the peer's
     */
    void closed(@Nullable CloseReason reason, String why);
  }

  private enum State {
    /** Messages are received and sent. */
    OPEN,
    /** The close frame was sent, and the peer's is awaited. */
    CLOSING,
    /** No frame is awaited. The connection ends as soon as the close frame is sent. */
    ENDING,
    /** The connection has ended. */
    ENDED
  }

  private final Listener listener;
  private final @Nullable PermessageDeflate deflate;
  private final ChannelHandlerContext encoder;
  private final FrameWriter writer;
  private final ReadControl reader;
  private final @Nullable ConnectionRate rate;

  private State state = State.OPEN;

  /** The fragments of an incomplete message; null if there are none. */
  private @Nullable ByteArrayOutputStream fragments;

  /** Whether the message that is being received is binary. */
  private boolean isBinary;

  /** Whether it is compressed. */
  private boolean isCompressed;

  /** The reason with which this side closed the socket; null if it did not. */
  private @Nullable CloseReason closing;

  private @Nullable String peerReason;

  /** Completes when the close frame is sent; null before it is written. */
  private @Nullable ChannelFuture closeSent;

  private Socket(
      ChannelHandlerContext encoder,
      int maxFrameBytes,
      @Nullable PermessageDeflate deflate,
      Listener listener) {
    this.listener = listener;
    this.deflate = deflate;
    this.reader = new ReadControl(encoder.pipeline(), maxFrameBytes, deflate != null);
    this.encoder = encoder;
    ConnectionGuard guard = ConnectionGuard.of(encoder.channel());
    this.rate = guard == null ? null : guard.connectionRate();
    this.writer = new FrameWriter(encoder);
  }

  /**
   * Takes over an accepted WebSocket. Nothing is received before {@link #begin}.
   *
   * @param encoder the result of {@link Takeover#accept}
   * @param maxFrameBytes the maximum frame size; a longer frame is refused when its header arrives
   * @param deflate null if no compression was agreed on
   */
  public static Socket takeOver(
      ChannelHandlerContext encoder,
      int maxFrameBytes,
      @Nullable PermessageDeflate deflate,
      Listener listener) {
    Socket socket = new Socket(encoder, maxFrameBytes, deflate, listener);
    Takeover.replaceLast(encoder.pipeline(), socket);
    return socket;
  }

  /** Starts receiving frames. Must be called once, in the same turn as {@link #takeOver}. */
  public void begin() {
    reader.begin();
  }

  /** Returns the peer's address and, if the peer is a proxy, the client's, for log lines. */
  @Override
  public String toString() {
    String peer = String.valueOf(encoder.channel().remoteAddress());
    ConnectionGuard guard = ConnectionGuard.of(encoder.channel());
    String client = guard == null ? null : guard.proxiedClient();
    return client == null ? peer : peer + " for " + client;
  }

  @Override
  public boolean isWritable() {
    return writer.isWritable();
  }

  /** Returns the number of bytes queued for the peer. */
  public long queuedBytes() {
    return writer.queuedBytes();
  }

  /** Sends encoded frames immediately. The caller keeps its reference. */
  @Override
  public void send(ByteBuf shared) {
    writer.sendNow(shared);
  }

  /** Queues encoded frames until {@link #flush}. Takes ownership of one reference. */
  @Override
  public void write(ByteBuf frames) {
    writer.write(frames);
  }

  /** Sends the queued frames. */
  @Override
  public void flush() {
    writer.flush();
  }

  void ping() {
    writer.control(new PingWebSocketFrame(Unpooled.EMPTY_BUFFER));
  }

  /**
   * Makes this socket unwritable, or as writable as it is again, and then calls {@link
   * Listener#drained}. What is written nevertheless is sent.
   *
   * @return false if this was so already
   */
  public boolean hold(boolean on) {
    boolean changed = writer.hold(on);
    if (writer.isWritable()) {
      drained();
    }
    return changed;
  }

  /** Pauses or resumes reading. Frames that were already read still arrive. */
  public void read(boolean on) {
    reader.read(on);
  }

  /**
   * Charges one message to the connection's rate.
   *
   * @return how long to pause, in nanoseconds; usually 0
   */
  public long take() {
    return rate == null ? 0 : rate.take(this);
  }

  /** Pauses reading for a time, so that TCP slows the peer down. */
  void slow(long nanos) {
    if (nanos > 0) {
      reader.slow(nanos);
    }
  }

  /** Returns whether reading is paused because the peer sent too fast. */
  public boolean isSlowed() {
    return reader.isSlowed();
  }

  /**
   * Sends a close frame, waits for the peer's, and ends the connection. Aborts the connection if
   * the peer does not answer in time or has stopped reading. Nothing can be sent afterwards.
   *
   * @return false if either side has already started to close the socket
   */
  public boolean close(CloseReason reason) {
    if (state != State.OPEN) {
      return false;
    }
    closing = reason;
    if (reason.code() == CloseReason.GONE.code()) {
      // Sends no close frame; the peer only sees the connection drop.
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

  /** Leaves the state OPEN while the connection lasts. No other method does. */
  private void leaveOpen(State next) {
    state = next;
    reader.end();
    listener.closing();
  }

  /** Sends a close frame, and aborts the connection if it has not ended by the timeout. */
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
        boolean data = frame instanceof TextWebSocketFrame || frame instanceof BinaryWebSocketFrame;
        if (!PermessageDeflate.mayHave(frame.rsv(), data)) {
          exceptionCaught(ctx, wrongBits());
          return;
        }
        if (state == State.OPEN) {
          boolean whole = data && frame.isFinalFragment();
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

  private static DecoderException wrongBits() {
    return new CorruptedWebSocketFrameException(
        WebSocketCloseStatus.PROTOCOL_ERROR, "reserved bits that this frame may not have");
  }

  /** Handles a frame. While the socket is closing, only the peer's close frame matters. */
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
    int before = fragments == null ? 0 : fragments.size();
    if (before == 0 && !(frame instanceof ContinuationWebSocketFrame)) {
      isBinary = frame instanceof BinaryWebSocketFrame;
      isCompressed = frame.rsv() != 0;
    }
    int maxMessageBytes = listener.maxMessageBytes();
    int maxBytes =
        isCompressed ? PermessageDeflate.maxCompressedBytes(maxMessageBytes) : maxMessageBytes;
    if (isBinary && !listener.takesBinary()) {
      fragments = null;
      listener.refused(CloseReason.BINARY_NOT_ALLOWED);
    } else if (before + frame.content().readableBytes() > maxBytes) {
      fragments = null;
      listener.refused(CloseReason.tooBig(maxMessageBytes));
    } else {
      byte[] data = ByteBufUtil.getBytes(frame.content());
      if (fragments == null && frame.isFinalFragment()) {
        received(data);
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
      received(all.toByteArray());
    }
  }

  private void received(byte[] message) {
    byte[] plain = isCompressed && deflate != null ? decompressed(deflate, message) : message;
    if (plain != null && isBinary) {
      listener.receivedBinary(plain);
    } else if (plain != null) {
      listener.received(plain);
    }
  }

  /** Returns null if the message was refused. */
  private byte @Nullable [] decompressed(PermessageDeflate deflate, byte[] message) {
    int maxMessageBytes = listener.maxMessageBytes();
    try {
      byte[] plain = deflate.decompress(message, maxMessageBytes);
      if (plain == null) {
        listener.refused(CloseReason.tooBig(maxMessageBytes));
      }
      return plain;
    } catch (DataFormatException e) {
      listener.refused(CloseReason.NOT_DEFLATE);
      return null;
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

  /** Returns the reason to close with if the peer's close frame is invalid, otherwise null. */
  private static @Nullable CloseReason invalid(CloseWebSocketFrame close) {
    ByteBuf content = close.content();
    int bytes = content.readableBytes();
    if (bytes == 0) {
      return null;
    }
    if (!CloseReason.isCode(close.statusCode())) {
      return CloseReason.NOT_THE_PROTOCOL;
    }
    // The decoder accepts a reason that ends in the middle of a character.
    int codeBytes = Short.BYTES;
    ByteBuf reason = content.slice(content.readerIndex() + codeBytes, bytes - codeBytes);
    return ByteBufUtil.isText(reason, StandardCharsets.UTF_8) ? null : CloseReason.NOT_UTF8;
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    writer.writabilityChanged();
    if (writer.isWritable()) {
      // Netty calls this from within a flush, which must finish first.
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
   * Closes after undecodable bytes. The peer's close frame cannot be found behind them, so this
   * side only ends its output, and waits for the peer to end the connection (RFC 6455, section
   * 7.1.1).
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
