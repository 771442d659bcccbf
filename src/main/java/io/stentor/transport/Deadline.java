package io.stentor.transport;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.ssl.SslHandler;
import io.stentor.limits.Limit;
import io.stentor.limits.Limits;

/**
 * Since when one connection owes the head of a request, or has none. Times are whole seconds of
 * {@link Deadlines}. Belongs to the connection's event loop.
 */
final class Deadline {

  private final Channel channel;
  private final Limits limits;
  private final Underway underway;
  private final Deadlines all;

  /** Where it stands in {@link Deadlines}. */
  int index = -1;

  /** When the first byte of a head came that is not whole; 0 where none did. */
  private int headSince;

  private int idleSince;
  private long unreadBytes;
  private boolean serving;

  /** On HTTP/2, frames come that begin no request. */
  private boolean streams;

  /**
   * The deadline of a connection that has just come, and owes a head.
   *
   * @param underway its requests
   */
  Deadline(Channel channel, Limits limits, Underway underway, Deadlines all) {
    this.channel = channel;
    this.limits = limits;
    this.underway = underway;
    this.all = all;
    this.headSince = all.now();
    all.add(this);
  }

  /** Something has come: of a head, unless a request is being answered whose body it may be. */
  void heard() {
    if (headSince == 0 && !streams && underway.isEmpty()) {
      headSince = all.now();
    }
  }

  /**
   * A request has come whole, as far as its head goes.
   *
   * @param overHttp2 whether others may come at the same time
   */
  void begin(boolean overHttp2) {
    headSince = 0;
    serving = true;
    streams = overHttp2;
  }

  /** Nobody looks any more. Once more does no harm. */
  void end() {
    all.remove(this);
  }

  /** A second has passed. */
  void look(int now) {
    if (!underway.isEmpty()) {
      underway.look(now, limits.options().bodySeconds());
      return;
    }
    long unread = unread();
    if (serving || unread != unreadBytes) {
      // An answer has just ended, or is still being taken.
      serving = false;
      unreadBytes = unread;
      idleSince = now;
    } else if (headSince != 0 && isOver(now - headSince, limits.options().handshakeSeconds())) {
      limits.met(Limit.HANDSHAKE_SECONDS, channel.remoteAddress());
      cut();
    } else if (headSince == 0 && isOver(now - idleSince, limits.options().idleSeconds())) {
      limits.met(Limit.IDLE_SECONDS, channel.remoteAddress());
      channel.close();
    }
  }

  private static boolean isOver(int seconds, int limit) {
    return limit != 0 && seconds >= limit;
  }

  private long unread() {
    ChannelOutboundBuffer waiting = channel.unsafe().outboundBuffer();
    return waiting == null ? 0 : waiting.totalPendingWriteBytes();
  }

  /** A client that speaks HTTP/1 without TLS is told; it has had no answer that this would mix. */
  private void cut() {
    boolean plain =
        channel.pipeline().get(SslHandler.class) == null
            && channel.pipeline().get(HttpRequestDecoder.class) != null;
    if (!plain) {
      channel.close();
      return;
    }
    channel
        .pipeline()
        .context(Guard.NAME)
        .writeAndFlush(Problem.headTooSlow(limits.options().handshakeSeconds()))
        .addListener(ChannelFutureListener.CLOSE);
  }
}
