package io.stentor.admission;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.AttributeKey;
import io.stentor.admission.Limits.ConnectionRate;
import io.stentor.admission.Limits.Permit;
import io.stentor.admission.Limits.Usage;
import io.stentor.config.LimitOptions;
import io.stentor.timer.TimerWheel;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Queue;
import java.util.WeakHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Enforces the limits for one accepted connection: its client, its requests, and their deadlines.
 * Confined to the connection's event loop.
 */
public final class ConnectionGuard extends ChannelInboundHandlerAdapter {
  /*
   * The guard is the first handler of the pipeline and sees every byte, until the connection has
   * become a WebSocket or an event stream. Then it leaves the pipeline and drops what belongs to
   * requests; its permits stay until the connection ends.
   */

  private static final AttributeKey<ConnectionGuard> KEY =
      AttributeKey.valueOf(ConnectionGuard.class, "guard");

  private static final String NAME = "guard";

  /**
   * Maximum number of bytes in HTTP/2 responses that the client has not read; further requests wait
   * above it. For HTTP/1 Netty's high-water mark of 64 KiB applies.
   */
  static final int MAX_UNREAD_BYTES = 1024 * 1024;

  /**
   * Maximum number of unsent bytes in the operating system's send buffer. The system's own limit is
   * megabytes, which would hide whether the client reads. WebSockets and event streams have their
   * own limit.
   */
  private static final long MAX_UNSENT_BYTES = 128 * 1024;

  private final Channel channel;
  private final Permit permit;
  private final Limits limits;
  private final HttpFallback http;

  /**
   * The permit of the client of the latest HTTP/1 request; null if it did not come through a proxy.
   */
  private @Nullable Permit proxied;

  /**
   * The permits of the clients of HTTP/2 requests, of which many are open at once; null if there
   * are none.
   */
  private @Nullable Map<HttpServerResponse, Permit> proxiedStreams;

  private @Nullable InFlightRequests requests;
  private @Nullable Deadline deadline;
  private boolean checked;

  /** Requests that wait until the client has read earlier responses; at most one per stream. */
  private final Queue<Runnable> deferred = new ArrayDeque<>(1);

  private ConnectionGuard(Channel channel, Permit permit, Limits limits, HttpFallback http) {
    this.channel = channel;
    this.permit = permit;
    this.limits = limits;
    this.http = http;
    this.requests = new InFlightRequests(http);
  }

  /** Attaches a guard to a new connection. Any thread. */
  static void install(Channel channel, Permit permit, Limits limits, HttpFallback http) {
    ConnectionGuard guard = new ConnectionGuard(channel, permit, limits, http);
    channel.attr(KEY).set(guard);
    channel.config().setOption(EpollChannelOption.TCP_NOTSENT_LOWAT, MAX_UNSENT_BYTES);
    channel.closeFuture().addListener((ChannelFutureListener) closed -> guard.closed());
    channel.pipeline().addLast(NAME, guard);
  }

  /** Returns the guard of a connection; null if it was not accepted by an {@link AcceptLimiter}. */
  public static @Nullable ConnectionGuard of(Channel channel) {
    return channel.attr(KEY).get();
  }

  /** Ends the deadlines of a connection that no longer carries requests, such as a WebSocket. */
  public static void upgraded(Channel channel) {
    ConnectionGuard guard = of(channel);
    if (guard != null && channel.pipeline().get(NAME) != null) {
      channel.pipeline().remove(NAME);
      if (channel.isOpen()) {
        channel.config().setOption(EpollChannelOption.TCP_NOTSENT_LOWAT, 0L);
      }
      guard.dropRequests();
    }
  }

  /** Releases the state of requests, so that it uses no memory while a socket is open. */
  private void dropRequests() {
    endDeadline();
    requests = null;
    deadline = null;
    proxiedStreams = null;
  }

  private void endDeadline() {
    if (deadline != null) {
      deadline.timer.cancel();
    }
  }

  private void closed() {
    endDeadline();
    deferred.clear();
    if (requests != null) {
      requests.endAll();
    }
    if (proxied != null) {
      proxied.release();
    }
    permit.release();
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    if (channel.isRegistered()) {
      startDeadline();
    }
  }

  @Override
  public void channelRegistered(ChannelHandlerContext ctx) {
    startDeadline();
    ctx.fireChannelRegistered();
  }

  private void startDeadline() {
    if (deadline == null && requests != null) {
      deadline = new Deadline(requests);
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (!checked) {
      checked = true;
      http.checkHeads(ctx.pipeline());
    }
    if (deadline != null) {
      deadline.received();
    }
    ctx.fireChannelRead(message);
  }

  /**
   * Resumes waiting requests, because the bytes may be HTTP/2 window updates, which let responses
   * go out.
   */
  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    ctx.fireChannelReadComplete();
    resumeDeferred();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    resumeDeferred();
    ctx.fireChannelWritabilityChanged();
  }

  /**
   * Runs the waiting requests, after the current writes, if the client has read earlier responses.
   */
  private void resumeDeferred() {
    if (!deferred.isEmpty()) {
      channel.eventLoop().execute(this::runNext);
    }
  }

  /** Runs one waiting request at a time, because each may produce a large response. */
  private void runNext() {
    if (hasReadResponses()) {
      Runnable next = deferred.poll();
      if (next != null) {
        next.run();
        resumeDeferred();
      }
    }
  }

  /** Returns the latest request if it is unanswered, otherwise null. */
  @Nullable
  public HttpServerRequest latestRequest() {
    return requests == null ? null : requests.latest();
  }

  /** Returns the limit by which this connection is refused; null if it is accepted. */
  @Nullable
  public Limit refusedBy() {
    return permit.refusedBy();
  }

  /**
   * Returns the limit by which the client of a proxied request is refused; null if it is accepted.
   */
  @Nullable
  public Limit refusedBy(HttpServerRequest request) {
    Permit byProxy = proxied(request);
    return byProxy == null ? null : byProxy.refusedBy();
  }

  /** Returns whether a trusted proxy sent the request and reported its client. */
  public boolean isProxied(HttpServerRequest request) {
    return proxied(request) != null;
  }

  private @Nullable Permit proxied(HttpServerRequest request) {
    if (request.version() != HttpVersion.HTTP_2) {
      return proxied;
    }
    return proxiedStreams == null ? null : proxiedStreams.get(request.response());
  }

  /** Returns the usage of a request's client; null if nothing is counted for it. */
  private @Nullable Usage client(HttpServerRequest request) {
    Permit byProxy = proxied(request);
    return byProxy == null ? permit.usage() : byProxy.usage();
  }

  /**
   * Returns the client of this WebSocket, for log lines; null if it did not come through a proxy.
   */
  @Nullable
  public String proxiedClient() {
    return proxied == null ? null : String.valueOf(proxied.usage());
  }

  /** Creates the rate limiter of this WebSocket. */
  public ConnectionRate connectionRate() {
    return limits.connectionRate(proxied == null ? permit.usage() : proxied.usage());
  }

  /** Returns the current options. */
  public LimitOptions options() {
    return limits.options();
  }

  /** Must be called when the head of a request has arrived. */
  public void begin(HttpServerRequest request) {
    InetAddress client = permit.usage() == null ? ClientAddress.of(request, limits) : null;
    Permit byProxy = client == null ? null : limits.acceptProxied(client);
    boolean isStream = request.version() == HttpVersion.HTTP_2;
    if (!isStream) {
      proxied = byProxy;
    } else if (byProxy != null) {
      proxiedStreams = proxiedStreams == null ? new WeakHashMap<>() : proxiedStreams;
      proxiedStreams.put(request.response(), byProxy);
    }
    if (deadline != null) {
      deadline.requested(isStream);
    }
    if (requests != null) {
      requests.add(request, byProxy);
    }
  }

  /** Charges a request to its client's rate; see {@link Limits#tryTake}. */
  public long tryTake(HttpServerRequest request) {
    return limits.tryTake(client(request), 1);
  }

  /** Charges a request for health or metrics; see {@link Limits#tryProbe}. */
  public long tryProbe(HttpServerRequest request) {
    return limits.tryProbe(client(request));
  }

  /** Charges messages to the rate of a request's client. Never refuses. */
  public void charge(HttpServerRequest request, int messages) {
    Usage client = client(request);
    if (client != null) {
      limits.charge(client, messages);
    }
  }

  /** Returns whether the client has read nearly all of its earlier responses. */
  public boolean hasReadResponses() {
    return channel.isWritable() && (requests == null || requests.unreadBytes() <= MAX_UNREAD_BYTES);
  }

  /** Returns whether requests are waiting. A further request must then wait as well. */
  public boolean hasDeferred() {
    return !deferred.isEmpty();
  }

  /**
   * Runs a task as soon as the client has read its earlier responses. Over HTTP/1 only one task
   * waits, because requests are answered one after another; over HTTP/2 one per stream.
   */
  public void defer(Runnable task) {
    deferred.add(task);
  }

  /** Runs a task after a delay, unless the connection has ended by then. */
  public void after(long nanos, Runnable task) {
    channel
        .eventLoop()
        .schedule(
            () -> {
              if (channel.isActive()) {
                task.run();
              }
            },
            nanos,
            TimeUnit.NANOSECONDS);
  }

  /**
   * Checks every second whether a request head is overdue and whether the connection has been idle
   * for too long.
   */
  private final class Deadline {
    private final InFlightRequests requests;
    private final TimerWheel.Timer timer;

    /** The number of the current check, from 1. */
    private int seconds = 1;

    /** The check at which the first byte of an incomplete head arrived; 0 if there is none. */
    private int headSince = 1;

    private int idleSince;
    private long unreadBytes;
    private boolean begun;

    /** Whether any bytes have arrived since the last check. */
    private boolean received;

    /** Whether the connection is HTTP/2, where frames arrive that do not start a request. */
    private boolean hasStreams;

    /** Creates the deadlines of a new connection, whose first request head is awaited. */
    Deadline(InFlightRequests requests) {
      this.requests = requests;
      this.timer = TimerWheel.of(channel.eventLoop()).every(1000, this::check);
    }

    /**
     * Must be called when bytes have arrived. They belong to a head, unless a request is being
     * answered, whose body they may be. Over HTTP/2 they may be a window update, which shows that
     * the client reads.
     */
    void received() {
      received = true;
      if (headSince == 0 && !hasStreams && requests.isEmpty()) {
        headSince = seconds;
      }
    }

    void requested(boolean isStream) {
      headSince = 0;
      begun = true;
      hasStreams = isStream;
    }

    private void check() {
      seconds++;
      long unread = unread();
      boolean isAnswering = unread == 0 && !requests.isEmpty();
      if (isAnswering) {
        requests.check(seconds, limits.options().bodySeconds());
      }
      boolean isReading = unread != unreadBytes || (hasStreams && received && unread > 0);
      received = false;
      if (begun || isAnswering || isReading) {
        begun = false;
        unreadBytes = unread;
        idleSince = seconds;
        resumeDeferred();
      } else if (headSince != 0 && isOver(headSince, limits.options().handshakeSeconds())) {
        limits.hit(Limit.HANDSHAKE_SECONDS, channel.remoteAddress());
        refuseHead();
      } else if (headSince == 0 && isOver(idleSince, limits.options().idleSeconds())) {
        limits.hit(Limit.IDLE_SECONDS, channel.remoteAddress());
        close();
      }
    }

    private boolean isOver(int since, int limit) {
      return limit != 0 && seconds - since >= limit;
    }

    /** Returns the number of written bytes that the operating system has not accepted. */
    private long unread() {
      ChannelOutboundBuffer queue = channel.unsafe().outboundBuffer();
      long here = queue == null ? 0 : queue.totalPendingWriteBytes() - queue.currentProgress();
      return Math.max(0, here) + requests.unreadBytes();
    }

    /**
     * Closes the connection. If the client does not read its responses, resets it, bypassing Vert.x
     * and TLS: both would wait for the client, and the system would keep the bytes meanwhile.
     */
    private void close() {
      if (unreadBytes == 0) {
        channel.close();
      } else {
        channel.config().setOption(ChannelOption.SO_LINGER, 0);
        channel.pipeline().context(NAME).close();
      }
    }

    /**
     * Sends a response to an HTTP/1 client without TLS, if no other response is in progress;
     * otherwise just closes.
     */
    private void refuseHead() {
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
          .context(NAME)
          .writeAndFlush(http.headTimeout(limits.options().handshakeSeconds()))
          .addListener(ChannelFutureListener.CLOSE);
    }
  }
}
