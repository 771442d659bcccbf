package io.stentor.admission;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.stentor.admission.Limits.Permit;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/**
 * Handles every connection that a listening socket accepts: attaches a {@link ConnectionGuard},
 * resets the connection if too many are refused, and pauses accepting if connections arrive too
 * fast. Confined to the acceptor's thread.
 */
@Sharable
final class AcceptLimiter extends ChannelInboundHandlerAdapter {
  private final Limits limits;
  private final HttpFallback http;

  AcceptLimiter(Limits limits, HttpFallback http) {
    this.limits = limits;
    this.http = http;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object accepted) {
    Channel connection = (Channel) accepted;
    Permit permit =
        limits.accept(
            connection.remoteAddress() instanceof InetSocketAddress peer
                ? peer.getAddress()
                : null);
    if (permit.isCut()) {
      // A reset: after a normal close, the operating system keeps the connection for a minute.
      connection.config().setOption(ChannelOption.SO_LINGER, 0);
      connection.unsafe().closeForcibly();
      permit.release();
    } else {
      ConnectionGuard.install(connection, permit, limits, http);
      ctx.fireChannelRead(accepted);
    }
    if (permit.refusedBy() == null) {
      pause(ctx.channel(), limits.acceptPauseNanos());
    }
  }

  /** Pauses accepting. Connections that arrive meanwhile wait in the operating system. */
  private static void pause(Channel listening, long nanos) {
    if (nanos > 0 && listening.config().isAutoRead()) {
      listening.config().setAutoRead(false);
      listening
          .eventLoop()
          .schedule(() -> listening.config().setAutoRead(true), nanos, TimeUnit.NANOSECONDS);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable failure) {
    ctx.fireExceptionCaught(failure);
  }
}
