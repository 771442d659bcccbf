package io.stentor.sse;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import io.stentor.http.Takeover;
import io.stentor.timer.TimerWheel;
import io.stentor.websocket.FrameWriter;
import io.vertx.core.http.HttpConnection;
import java.nio.charset.StandardCharsets;

/**
 * A stream that owns a whole HTTP/1 connection, taken over from Vert.x after the response head was
 * sent. The head contains {@code Connection: close}, so whatever the peer still sends, such as a
 * pipelined request, is read and discarded (RFC 9112, section 9.6).
 */
final class Http1ResponseStream extends ChannelInboundHandlerAdapter implements ResponseStream {

  private static final ByteBuf LAST_CHUNK =
      Unpooled.unreleasableBuffer(
          Unpooled.copiedBuffer("0\r\n\r\n", StandardCharsets.US_ASCII).asReadOnly());

  private final Channel channel;
  private final boolean chunked;
  private final Listener listener;
  private final FrameWriter writer;

  private Http1ResponseStream(ChannelHandlerContext context, boolean chunked, Listener listener) {
    this.channel = context.channel();
    this.chunked = chunked;
    this.listener = listener;
    this.writer = new FrameWriter(context);
  }

  /**
   * Takes over the connection. Must be called in a separate event loop task after the head was
   * written.
   *
   * @param chunked whether the response uses chunked transfer coding
   * @throws IllegalStateException if the Netty pipeline is not as expected, because an update of
   *     Vert.x changed it
   */
  static Http1ResponseStream takeOver(
      HttpConnection connection, boolean chunked, Listener listener) {
    ChannelHandlerContext context = Takeover.bare(connection);
    Http1ResponseStream stream = new Http1ResponseStream(context, chunked, listener);
    Takeover.replaceLast(context.pipeline(), stream);
    // Vert.x may have paused reading because of pipelined requests.
    stream.channel.config().setAutoRead(true);
    return stream;
  }

  @Override
  public boolean isChunked() {
    return chunked;
  }

  @Override
  public String remoteAddress() {
    return String.valueOf(channel.remoteAddress());
  }

  @Override
  public boolean isWritable() {
    return writer.isWritable();
  }

  @Override
  public long queuedBytes() {
    return writer.queuedBytes();
  }

  @Override
  public void send(ByteBuf bytes) {
    writer.sendNow(bytes);
  }

  @Override
  public void write(ByteBuf bytes) {
    writer.write(bytes);
  }

  @Override
  public void flush() {
    writer.flush();
  }

  @Override
  public void end(ByteBuf bytes, int timeoutSeconds) {
    channel.write(bytes);
    channel
        .writeAndFlush(chunked ? LAST_CHUNK.duplicate() : Unpooled.EMPTY_BUFFER)
        .addListener(ChannelFutureListener.CLOSE);
    TimerWheel.of(channel.eventLoop()).after(1000L * timeoutSeconds, channel::close);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ReferenceCountUtil.release(message);
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    writer.writabilityChanged();
    if (writer.isWritable()) {
      // Netty calls this from within a flush, which has to finish first.
      ctx.executor().execute(listener::drained);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable failure) {
    listener.failed(failure);
    ctx.close();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    listener.closed(null);
  }
}
