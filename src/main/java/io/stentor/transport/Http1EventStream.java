package io.stentor.transport;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import io.stentor.protocol.ServerSentEvents;
import io.vertx.core.http.HttpConnection;
import java.util.concurrent.TimeUnit;

/**
 * An event stream that has a connection of HTTP/1 for itself, taken over from Vert.x once the head
 * is sent. The head has said {@code Connection: close}, so what the peer still sends, a pipelined
 * request perhaps, is read and thrown away (RFC 9112, section 9.6).
 */
final class Http1EventStream extends ChannelInboundHandlerAdapter implements EventStream {

  private final Channel channel;
  private final ServerSentEvents format;
  private final Listener listener;
  private final FrameWriter writer;

  private Http1EventStream(
      ChannelHandlerContext place, ServerSentEvents format, Listener listener) {
    this.channel = place.channel();
    this.format = format;
    this.listener = listener;
    this.writer = new FrameWriter(place);
  }

  /**
   * Takes the connection over. To be called in a turn of its own after the head was written.
   *
   * @throws IllegalStateException when an update of Vert.x has changed what is behind it
   */
  static Http1EventStream takeOver(
      HttpConnection connection, ServerSentEvents format, Listener listener) {
    ChannelHandlerContext place = Takeover.bare(connection);
    Http1EventStream stream = new Http1EventStream(place, format, listener);
    Takeover.replaceLast(place.pipeline(), stream);
    // Vert.x may have stopped reading, at requests behind this one.
    stream.channel.config().setAutoRead(true);
    return stream;
  }

  @Override
  public ServerSentEvents format() {
    return format;
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
  public void send(ByteBuf events) {
    writer.sendNow(events);
  }

  @Override
  public void write(ByteBuf events) {
    writer.write(events);
  }

  @Override
  public void flush() {
    writer.flush();
  }

  @Override
  public void end(ByteBuf events, int timeoutSeconds) {
    channel.writeAndFlush(events).addListener(ChannelFutureListener.CLOSE);
    channel.eventLoop().schedule(() -> channel.close(), timeoutSeconds, TimeUnit.SECONDS);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ReferenceCountUtil.release(message);
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    writer.writabilityChanged();
    if (writer.isWritable()) {
      // Netty calls this from within a flush: who is flushing has to finish first.
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
