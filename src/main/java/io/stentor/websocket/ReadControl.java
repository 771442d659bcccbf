package io.stentor.websocket;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.stentor.http.Takeover;
import io.stentor.message.CloseReason;
import java.util.concurrent.TimeUnit;

/**
 * Controls the reading of one socket: starts, pauses, slows and ends the decoding of its frames.
 * Confined to the socket's event loop.
 */
final class ReadControl {

  private static final String NAME = "frames";

  private final ChannelPipeline pipeline;
  private final int maxFrameBytes;
  private final WebSocket13FrameDecoder decoder;
  private boolean wanted = true;
  private boolean slowed;
  private boolean ended;

  /** Creates a control of a socket that is not read yet. */
  ReadControl(ChannelPipeline pipeline, int maxFrameBytes, boolean compression) {
    this.pipeline = pipeline;
    this.maxFrameBytes = maxFrameBytes;
    WebSocketDecoderConfig config =
        WebSocketDecoderConfig.newBuilder()
            .maxFramePayloadLength(
                compression ? PermessageDeflate.maxCompressedBytes(maxFrameBytes) : maxFrameBytes)
            .expectMaskedFrames(true)
            .allowExtensions(compression)
            .closeOnProtocolViolation(false)
            .build();
    decoder = new WebSocket13FrameDecoder(config);
  }

  /** Replaces the HTTP decoder and takes over the bytes that it has not decoded. */
  void begin() {
    pipeline.replace(HttpRequestDecoder.class, NAME, decoder);
  }

  /** Pauses or resumes reading. Frames that were already read still arrive. */
  void read(boolean on) {
    wanted = on;
    if (!ended) {
      pipeline.channel().config().setAutoRead(on && !slowed);
    }
  }

  /** Reads without further pauses, because only the peer's close frame is awaited. */
  void end() {
    if (!ended) {
      ended = true;
      pipeline.channel().config().setAutoRead(true);
      if (slowed) {
        // Later, because this may be called from within the decoder.
        pipeline.channel().eventLoop().execute(this::decodeWaiting);
      }
    }
  }

  /**
   * Pauses reading for a time, so that TCP slows the peer down. At most one of the frames that were
   * already read still arrives.
   */
  void slow(long nanos) {
    if (!slowed && !ended) {
      slowed = true;
      decoder.setSingleDecode(true);
      pipeline.channel().config().setAutoRead(false);
      pipeline.channel().eventLoop().schedule(this::goOn, nanos, TimeUnit.NANOSECONDS);
    }
  }

  /** Returns whether reading is paused because the peer sent too fast. */
  boolean isSlowed() {
    return slowed;
  }

  private void goOn() {
    slowed = false;
    decodeWaiting();
    read(wanted);
  }

  private void decodeWaiting() {
    decoder.setSingleDecode(false);
    ChannelHandlerContext context = pipeline.context(NAME);
    if (context != null) {
      try {
        decoder.channelRead(context, Unpooled.EMPTY_BUFFER);
      } catch (Exception e) {
        context.fireExceptionCaught(e);
      }
    }
  }

  /**
   * Discards what the peer still sends. Closing immediately would reset the connection, and the
   * peer might never see the close frame.
   *
   * @return false if this was called before
   */
  boolean stop() {
    if (pipeline.get(NAME) == null) {
      return false;
    }
    pipeline.replace(NAME, "discard", Takeover.DISCARD);
    return true;
  }

  /** Returns the close reason for bytes that could not be decoded. */
  CloseReason reason(Throwable failure) {
    WebSocketCloseStatus status =
        failure instanceof CorruptedWebSocketFrameException broken
            ? broken.closeStatus()
            : WebSocketCloseStatus.PROTOCOL_ERROR;
    if (failure instanceof TooLongFrameException
        || status.equals(WebSocketCloseStatus.MESSAGE_TOO_BIG)) {
      return CloseReason.tooBig(maxFrameBytes);
    }
    return status.equals(WebSocketCloseStatus.INVALID_PAYLOAD_DATA)
        ? CloseReason.NOT_UTF8
        : CloseReason.NOT_THE_PROTOCOL;
  }
}
