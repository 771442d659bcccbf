package io.stentor.admission;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.ssl.SslHandler;
import io.stentor.http.Problem;

/**
 * Since when one connection owes the head of a request, or has none. Times are whole seconds of
 * {@link RequestDeadlines}. Belongs to the connection's event loop.
 */
final class RequestDeadline {

  private final Channel channel;
  private final Limits limits;
  private final InFlightRequests underway;
  private final Runnable goOn;
  private final RequestDeadlines all;

  /** Where it stands in {@link RequestDeadlines}. */
  int index = -1;

  /** When the first byte of a head came that is not whole; 0 where none did. */
  private int headSince;

  private int idleSince;
  private long unreadBytes;
  private boolean serving;

  /** Whether anything has come since the last look. */
  private boolean heard;

  /** On HTTP/2, frames come that begin no request. */
  private boolean streams;

  /**
   * The deadline of a connection that has just come, and owes a head.
   *
   * @param underway its requests
   * @param goOn begins requests that wait, where they need not any more
   */
  RequestDeadline(
      Channel channel,
      Limits limits,
      InFlightRequests underway,
      Runnable goOn,
      RequestDeadlines all) {
    this.goOn = goOn;
    this.channel = channel;
    this.limits = limits;
    this.underway = underway;
    this.all = all;
    this.headSince = all.now();
    all.add(this);
  }

  /**
   * Something has come: of a head, unless a request is being answered whose body it may be. Over
   * HTTP/2 it may be a window, by which the client takes what it was answered.
   */
  void heard() {
    heard = true;
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
    long unread = unread();
    boolean waits = unread == 0 && !underway.isEmpty();
    if (waits) {
      underway.look(now, limits.options().bodySeconds());
    }
    boolean taking = unread != unreadBytes || (streams && heard && unread > 0);
    heard = false;
    if (serving || waits || taking) {
      // A request has come, is being answered, or its answer is being taken.
      serving = false;
      unreadBytes = unread;
      idleSince = now;
      goOn.run();
    } else if (headSince != 0 && isOver(now - headSince, limits.options().handshakeSeconds())) {
      limits.met(Limit.HANDSHAKE_SECONDS, channel.remoteAddress());
      cut();
    } else if (headSince == 0 && isOver(now - idleSince, limits.options().idleSeconds())) {
      limits.met(Limit.IDLE_SECONDS, channel.remoteAddress());
      close();
    }
  }

  /**
   * Closes. Where the client does not take what it was answered, that is a reset, past Vert.x and
   * TLS: they would wait until it does, and the system would keep it for as long.
   */
  private void close() {
    if (unreadBytes == 0) {
      channel.close();
    } else {
      channel.config().setOption(ChannelOption.SO_LINGER, 0);
      channel.pipeline().context(ConnectionGuard.NAME).close();
    }
  }

  private static boolean isOver(int seconds, int limit) {
    return limit != 0 && seconds >= limit;
  }

  /**
   * Bytes that are written and that the system has not taken; less with every one that it takes.
   */
  private long unread() {
    ChannelOutboundBuffer waiting = channel.unsafe().outboundBuffer();
    long here = waiting == null ? 0 : waiting.totalPendingWriteBytes() - waiting.currentProgress();
    return Math.max(0, here) + underway.untakenBytes();
  }

  /** A client that speaks HTTP/1 without TLS is told; it has had no answer that this would mix. */
  private void cut() {
    boolean plain =
        unreadBytes == 0
            && channel.pipeline().get(SslHandler.class) == null
            && channel.pipeline().get(HttpRequestDecoder.class) != null;
    if (!plain) {
      close();
      return;
    }
    channel
        .pipeline()
        .context(ConnectionGuard.NAME)
        .writeAndFlush(Problem.headTooSlow(limits.options().handshakeSeconds()))
        .addListener(ChannelFutureListener.CLOSE);
  }
}
