package io.stentor.transport;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.websocketx.WebSocketFrameEncoder;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.internal.http.WebSocketInternal;

/**
 * Writes ready-made WebSocket frames to a socket. Belongs to the socket's event loop.
 *
 * <p>This is the one place that reaches behind Vert.x: the bytes are written at the frame encoder's
 * place in Netty's pipeline, so that they pass no encoder and the same buffer can serve every
 * connection. Control frames keep going through Vert.x.
 */
final class FrameWriter {

  private final ChannelHandlerContext encoder;

  /**
   * A writer to an open socket.
   *
   * @throws IllegalStateException when the pipeline is not as expected: an update of Vert.x has
   *     changed it
   */
  FrameWriter(ServerWebSocket socket) {
    ChannelHandlerContext handler = ((WebSocketInternal) socket).channelHandlerContext();
    ChannelHandlerContext found = handler.pipeline().context(WebSocketFrameEncoder.class);
    if (found == null) {
      throw new IllegalStateException("no frame encoder in " + handler.pipeline().names());
    }
    encoder = found;
  }

  boolean isWritable() {
    return encoder.channel().isWritable();
  }

  /** Takes over one reference to the bytes. */
  void write(ByteBuf frames) {
    encoder.write(frames, encoder.voidPromise());
  }

  void flush() {
    encoder.flush();
  }

  /**
   * Closes the socket without another word. Vert.x waits for the answer to a close frame only once
   * that frame is sent, which never happens where the peer has stopped reading.
   */
  void cut() {
    encoder.channel().close();
  }
}
