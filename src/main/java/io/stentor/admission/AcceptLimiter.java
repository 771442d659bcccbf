package io.stentor.admission;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Sees every connection that a listening socket accepts: gives it a {@link ConnectionGuard}, cuts
 * it where far too many come, and accepts none for a moment where they come too fast. The
 * acceptor's thread.
 */
@Sharable
final class AcceptLimiter extends ChannelInboundHandlerAdapter {
  private final Limits limits;
  private final Map<EventLoop, RequestDeadlines> deadlines = new ConcurrentHashMap<>();

  AcceptLimiter(Limits limits) {
    this.limits = limits;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object accepted) {
    Channel connection = (Channel) accepted;
    boolean internet = connection.remoteAddress() instanceof InetSocketAddress;
    Ticket ticket =
        limits.arrive(
            internet ? ((InetSocketAddress) connection.remoteAddress()).getAddress() : null);
    if (ticket.isCut()) {
      // With a reset: a closed connection would be remembered by the system for a minute.
      connection.config().setOption(ChannelOption.SO_LINGER, 0);
      connection.unsafe().closeForcibly();
      ticket.giveBack();
    } else {
      ConnectionGuard.install(connection, ticket, limits, this::deadlines);
      ctx.fireChannelRead(accepted);
    }
    if (ticket.refusedBy() == null) {
      pause(ctx.channel(), limits.acceptPauseNanos());
    }
  }

  private RequestDeadlines deadlines(EventLoop loop) {
    return deadlines.computeIfAbsent(loop, RequestDeadlines::new);
  }

  /** What comes meanwhile waits in the system. */
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
