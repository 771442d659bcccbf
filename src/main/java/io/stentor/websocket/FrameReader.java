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

/** Reads the frames of one socket, whenever that is wanted. Event loop of the socket. */
public final class FrameReader {

  private static final String NAME = "frames";

  private final ChannelPipeline pipeline;
  private final int maxFrameBytes;
  private final WebSocket13FrameDecoder decoder;
  private boolean wanted = true;
  private boolean slowed;
  private boolean ended;

  /** Creates a reader that does not read yet. */
  public FrameReader(ChannelPipeline pipeline, int maxFrameBytes) {
    this.pipeline = pipeline;
    this.maxFrameBytes = maxFrameBytes;
    WebSocketDecoderConfig config =
        WebSocketDecoderConfig.newBuilder()
            .maxFramePayloadLength(maxFrameBytes)
            .expectMaskedFrames(true)
            .allowExtensions(false)
            .closeOnProtocolViolation(false)
            .build();
    decoder = new WebSocket13FrameDecoder(config);
  }

  /** Takes the place of the decoder of HTTP, and what that has not decoded. */
  void begin() {
    pipeline.replace(HttpRequestDecoder.class, NAME, decoder);
  }

  /** Whether to read. Frames that were read already still arrive. */
  void read(boolean on) {
    wanted = on;
    if (!ended) {
      pipeline.channel().config().setAutoRead(on && !slowed);
    }
  }

  /**
   * Reads on, whatever is wanted from now on and however fast the peer sent: only its close frame
   * is waited for.
   */
  void end() {
    if (!ended) {
      ended = true;
      pipeline.channel().config().setAutoRead(true);
      if (slowed) {
        // Not at once: this may be called from within the decoder.
        pipeline.channel().eventLoop().execute(this::decodeWaiting);
      }
    }
  }

  /**
   * Reads nothing for a while, so that TCP slows the peer down. What was read already waits as it
   * came, one frame at most excepted.
   */
  void slow(long nanos) {
    if (nanos > 0 && !slowed && !ended) {
      slowed = true;
      decoder.setSingleDecode(true);
      pipeline.channel().config().setAutoRead(false);
      pipeline.channel().eventLoop().schedule(this::goOn, nanos, TimeUnit.NANOSECONDS);
    }
  }

  /** Whether the peer is not read because it sent too fast. */
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
   * What the peer still sends is read and thrown away: closing at once would reset the connection,
   * and the peer might never see why.
   *
   * @return false where that was so before
   */
  boolean stop() {
    if (pipeline.get(NAME) == null) {
      return false;
    }
    pipeline.replace(NAME, "discard", Takeover.DISCARD);
    return true;
  }

  /** What a peer is closed with whose bytes could not be decoded. */
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
