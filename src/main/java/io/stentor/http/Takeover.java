package io.stentor.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameEncoder;
import io.netty.util.ReferenceCountUtil;
import io.stentor.admission.ConnectionGuard;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;
import org.jspecify.annotations.Nullable;

/**
 * Takes sockets over from Vert.x by replacing the Vert.x handler at the end of the Netty pipeline.
 * Encoded bytes can then be written directly, and no request state stays in memory while the socket
 * is open. Must be called on the event loop of the socket.
 *
 * <p>This is the only class that depends on Vert.x internals. If an update of Vert.x changes the
 * pipeline, the first connection fails with an {@link IllegalStateException}, and {@code
 * SocketTest} and {@code SseEndpointTest} fail. See docs/decisions/004.
 */
public final class Takeover {

  private static final String NAME = "stentor";

  /** Discards all inbound messages. */
  @Sharable
  private static final class Discard extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ReferenceCountUtil.release(message);
    }
  }

  /** A handler that discards all inbound messages. */
  public static final ChannelHandler DISCARD = new Discard();

  private Takeover() {}

  /** The channel of an HTTP/1 or HTTP/2 connection. */
  static Channel channel(HttpConnection connection) {
    return ((ConnectionBase) connection).channel();
  }

  /**
   * Accepts a WebSocket: sends the response to its request, which must have been read completely,
   * and replaces the HTTP encoder with the frame encoder. The HTTP decoder stays until frames are
   * read, because it may hold bytes that followed the request.
   *
   * @return the context of the frame encoder
   */
  public static ChannelHandlerContext accept(HttpConnection connection, ByteBuf answer) {
    ChannelHandlerContext vertx = ((ConnectionBase) connection).channelHandlerContext();
    ChannelPipeline pipeline = vertx.pipeline();
    require(pipeline, pipeline.last() == vertx.handler());
    require(pipeline, pipeline.get(HttpRequestDecoder.class));
    require(pipeline, pipeline.get(HttpResponseEncoder.class));
    ConnectionGuard.upgraded(vertx.channel());
    HeadCheck.remove(pipeline);
    ChannelHandler encoder = new WebSocket13FrameEncoder(false);
    pipeline.replace(HttpResponseEncoder.class, "encoder", encoder);
    ChannelHandlerContext context = require(pipeline, pipeline.context(encoder));
    context.writeAndFlush(answer);
    return context;
  }

  /**
   * Prepares an HTTP/1 connection, whose response head has been sent, for writing raw bytes.
   * Inbound messages are discarded. Must not be called while the connection is being read, because
   * Vert.x itself changes the pipeline at the first request of a connection.
   *
   * @return the context for raw writes
   */
  public static ChannelHandlerContext bare(HttpConnection connection) {
    ChannelHandlerContext vertx = ((ConnectionBase) connection).channelHandlerContext();
    ChannelPipeline pipeline = vertx.pipeline();
    ConnectionGuard.upgraded(vertx.channel());
    require(pipeline, pipeline.last() == vertx.handler());
    require(pipeline, pipeline.get(HttpRequestDecoder.class));
    require(pipeline, pipeline.get(HttpResponseEncoder.class));
    HeadCheck.remove(pipeline);
    pipeline.replace(HttpRequestDecoder.class, "discard", DISCARD);
    pipeline.remove(HttpResponseEncoder.class);
    return require(pipeline, pipeline.context(DISCARD));
  }

  /**
   * Sets the time after which the system closes a connection whose peer acknowledges no data or
   * accepts none (RFC 5482). No-op where the system does not support it.
   *
   * @param seconds 0 for the system default
   */
  public static void limitSilence(HttpConnection connection, int seconds) {
    Channel channel = channel(connection);
    if (channel.isOpen()) {
      channel.config().setOption(EpollChannelOption.TCP_USER_TIMEOUT, seconds * 1000);
    }
  }

  /** Replaces the Vert.x handler, which is the last one in the pipeline. */
  public static void replaceLast(ChannelPipeline pipeline, ChannelHandler replacement) {
    pipeline.replace(pipeline.last(), NAME, replacement);
  }

  private static <T> T require(ChannelPipeline pipeline, @Nullable T found) {
    if (found == null || Boolean.FALSE.equals(found)) {
      throw new IllegalStateException("unexpected pipeline: " + pipeline.names());
    }
    return found;
  }
}
