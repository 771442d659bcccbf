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
 * Takes sockets over from Vert.x: puts a handler of ours into Vert.x's place at the end of Netty's
 * pipeline. Then ready-made bytes can be written, and nothing of the request stays in memory for as
 * long as the socket is open. Event loop of the socket.
 *
 * <p>This is the one place that reaches behind Vert.x. Where a pipeline is not as expected, an
 * update of Vert.x has changed it; that is an {@link IllegalStateException} at the first
 * connection, and a failure of {@code SocketTest} and {@code SseEndpointTest}. See
 * docs/decisions/004.
 */
public final class Takeover {

  private static final String NAME = "stentor";

  /** Reads and forgets. */
  @Sharable
  private static final class Discard extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ReferenceCountUtil.release(message);
    }
  }

  /** A handler that throws away what comes in. */
  public static final ChannelHandler DISCARD = new Discard();

  private Takeover() {}

  /** The channel of a connection of either version of HTTP. */
  static Channel channel(HttpConnection connection) {
    return ((ConnectionBase) connection).channel();
  }

  /**
   * Accepts a WebSocket: sends the answer to its request, which has come whole, and puts the frame
   * encoder into the place of HTTP's. The decoder of HTTP stays until frames are read, since what
   * came behind the request is in it.
   *
   * @return the frame encoder's place
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
    ChannelHandlerContext place = require(pipeline, pipeline.context(encoder));
    place.writeAndFlush(answer);
    return place;
  }

  /**
   * The place for bytes on a connection of HTTP/1 that has sent a response's head and is to send
   * nothing but bytes from then on. What comes in is thrown away. Not to be called while the
   * connection is being read: Vert.x changes the pipeline itself at a connection's first request.
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
   * Has a connection cut whose peer acknowledges nothing of what it is sent, or takes none of it,
   * for so long (RFC 5482). Does nothing where the system cannot.
   *
   * @param seconds 0 for what the system does by itself
   */
  public static void limitSilence(HttpConnection connection, int seconds) {
    channel(connection).config().setOption(EpollChannelOption.TCP_USER_TIMEOUT, seconds * 1000);
  }

  /** Replaces Vert.x, which is last. */
  public static void replaceLast(ChannelPipeline pipeline, ChannelHandler ours) {
    pipeline.replace(pipeline.last(), NAME, ours);
  }

  private static <T> T require(ChannelPipeline pipeline, @Nullable T found) {
    if (found == null || Boolean.FALSE.equals(found)) {
      throw new IllegalStateException("unexpected pipeline: " + pipeline.names());
    }
    return found;
  }
}
