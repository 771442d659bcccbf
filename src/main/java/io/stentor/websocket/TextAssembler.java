package io.stentor.websocket;

import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.stentor.message.CloseReason;
import io.stentor.message.Member;
import io.stentor.message.Publication;
import java.io.ByteArrayOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Makes whole texts of WebSocket frames (RFC 6455, section 5.4) and refuses what is not text, not
 * UTF-8 or over the limit; more than the limit is never held.
 */
public final class TextAssembler {

  /** What a frame led to. */
  public sealed interface Result {}

  /** A whole text. */
  public record Text(Publication publication) implements Result {}

  /** Nothing yet: more frames belong to the text. */
  record Incomplete() implements Result {}

  /** The connection has to be closed. */
  public record Refused(CloseReason reason) implements Result {}

  private static final Incomplete INCOMPLETE = new Incomplete();

  private final @Nullable Member from;
  private @Nullable ByteArrayOutputStream parts;

  /**
   * No text yet.
   *
   * @param from whose texts these are; null for nobody in particular
   */
  public TextAssembler(@Nullable Member from) {
    this.from = from;
  }

  /**
   * Takes a frame.
   *
   * @param maxMessageBytes the limit of a text at this moment
   */
  public Result add(WebSocketFrame frame, int maxMessageBytes) {
    if (frame instanceof BinaryWebSocketFrame) {
      return new Refused(CloseReason.BINARY_NOT_ALLOWED);
    }
    byte[] data = ByteBufUtil.getBytes(frame.content());
    int before = parts == null ? 0 : parts.size();
    if (before + data.length > maxMessageBytes) {
      parts = null;
      return new Refused(CloseReason.tooBig(maxMessageBytes));
    }
    if (parts == null && frame.isFinalFragment()) {
      return whole(data);
    }
    ByteArrayOutputStream all = parts == null ? new ByteArrayOutputStream() : parts;
    all.writeBytes(data);
    if (!frame.isFinalFragment()) {
      parts = all;
      return INCOMPLETE;
    }
    parts = null;
    return whole(all.toByteArray());
  }

  private Result whole(byte[] data) {
    try {
      return new Text(Publication.text(data, System.currentTimeMillis(), null, from));
    } catch (IllegalArgumentException e) {
      return new Refused(CloseReason.NOT_UTF8);
    }
  }
}
