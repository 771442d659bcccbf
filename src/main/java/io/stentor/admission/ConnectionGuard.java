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
 * Holds one accepted connection against the limits: whose it is, which requests it has sent, and
 * how long it may take for them. Belongs to the connection's event loop.
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
   * Bytes of HTTP/2 answers that the client has not taken; beyond this, further requests wait. Over
   * HTTP/1 the bound is Netty's mark of a full channel, 64 KiB.
   */
  static final int MAX_UNTAKEN_BYTES = 1024 * 1024;

  /**
   * Bytes of answers that the system takes and has not sent. Its own limit is megabytes, and then
   * nobody could see whether a client reads anything. WebSockets and event streams have a limit of
   * their own.
   */
  private static final long MAX_UNSENT_BYTES = 128 * 1024;

  private final Channel channel;
  private final Permit permit;
  private final Limits limits;
  private final HttpFallback http;

  /** Of the client of the latest HTTP/1 request; null where no proxy has sent it. */
  private @Nullable Permit proxied;

  /**
   * The same for requests over HTTP/2, of which many are open at once; null while there is none.
   */
  private @Nullable Map<HttpServerResponse, Permit> proxiedStreams;

  private @Nullable InFlightRequests requests;
  private @Nullable Deadline deadline;
  private boolean checked;

  /** Requests that wait until the client has taken its answers; no more than it has streams. */
  private final Queue<Runnable> held = new ArrayDeque<>(1);

  private ConnectionGuard(Channel channel, Permit permit, Limits limits, HttpFallback http) {
    this.channel = channel;
    this.permit = permit;
    this.limits = limits;
    this.http = http;
    this.requests = new InFlightRequests(http);
  }

  /** Puts a guard in front of a new connection. Any thread. */
  static void install(Channel channel, Permit permit, Limits limits, HttpFallback http) {
    ConnectionGuard guard = new ConnectionGuard(channel, permit, limits, http);
    channel.attr(KEY).set(guard);
    channel.config().setOption(EpollChannelOption.TCP_NOTSENT_LOWAT, MAX_UNSENT_BYTES);
    channel.closeFuture().addListener((ChannelFutureListener) closed -> guard.closed());
    channel.pipeline().addLast(NAME, guard);
  }

  /** The guard of a connection; null where it was not accepted by an {@link AcceptLimiter}. */
  public static @Nullable ConnectionGuard of(Channel channel) {
    return channel.attr(KEY).get();
  }

  /** The connection carries no more requests: from now on its deadlines are somebody else's. */
  public static void upgraded(Channel channel) {
    ConnectionGuard guard = of(channel);
    if (guard != null && channel.pipeline().get(NAME) != null) {
      channel.pipeline().remove(NAME);
      channel.config().setOption(EpollChannelOption.TCP_NOTSENT_LOWAT, 0L);
      guard.dropRequests();
    }
  }

  /** Nothing of a request is to stay in memory for as long as a socket is open. */
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
    held.clear();
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

  /** The bytes that came may be HTTP/2 window updates, which let answers go out. */
  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    ctx.fireChannelReadComplete();
    resumeHeld();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    resumeHeld();
    ctx.fireChannelWritabilityChanged();
  }

  /** Begins what waits, if the client has taken its answers; behind what is written now. */
  private void resumeHeld() {
    if (!held.isEmpty()) {
      channel.eventLoop().execute(this::runNext);
    }
  }

  /** One at a time: each may be answered with as much as there may be. */
  private void runNext() {
    if (hasTakenAll()) {
      Runnable next = held.poll();
      if (next != null) {
        next.run();
        resumeHeld();
      }
    }
  }

  /** The request that came last, if it is not answered yet; else null. */
  @Nullable
  public HttpServerRequest latestRequest() {
    return requests == null ? null : requests.latest();
  }

  /** The limit that leaves no place for this connection; null where there is a place. */
  @Nullable
  public Limit refusedBy() {
    return permit.refusedBy();
  }

  /** The limit that leaves no place for the client of a proxied request; else null. */
  @Nullable
  public Limit refusedBy(HttpServerRequest request) {
    Permit byProxy = proxied(request);
    return byProxy == null ? null : byProxy.refusedBy();
  }

  /** Whether a trusted proxy has sent the request, and named its client. */
  public boolean isProxied(HttpServerRequest request) {
    return proxied(request) != null;
  }

  private @Nullable Permit proxied(HttpServerRequest request) {
    if (request.version() != HttpVersion.HTTP_2) {
      return proxied;
    }
    return proxiedStreams == null ? null : proxiedStreams.get(request.response());
  }

  /** What a request's client uses; null where nothing is counted for it. */
  private @Nullable Usage client(HttpServerRequest request) {
    Permit byProxy = proxied(request);
    return byProxy == null ? permit.usage() : byProxy.usage();
  }

  /** The client of the WebSocket that this is, for people; null where it came by no proxy. */
  @Nullable
  public String proxiedClient() {
    return proxied == null ? null : String.valueOf(proxied.usage());
  }

  /** How fast the WebSocket that this is may send from now on. */
  public ConnectionRate connectionRate() {
    return limits.connectionRate(proxied == null ? permit.usage() : proxied.usage());
  }

  /** What is configured. */
  public LimitOptions options() {
    return limits.options();
  }

  /** The head of a request has arrived. */
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

  /** Takes the request from its client's rate, see {@link Limits#tryTake}. */
  public long tryTake(HttpServerRequest request) {
    return limits.tryTake(client(request), 1);
  }

  /** Takes a request for health or metrics, see {@link Limits#tryProbe}. */
  public long tryProbe(HttpServerRequest request) {
    return limits.tryProbe(client(request));
  }

  /** Takes messages from the rate of a request's client; never refuses. */
  public void charge(HttpServerRequest request, int messages) {
    Usage client = client(request);
    if (client != null) {
      limits.charge(client, messages);
    }
  }

  /** Whether the client has taken nearly all of what it asked for before. */
  public boolean hasTakenAll() {
    return channel.isWritable()
        && (requests == null || requests.untakenBytes() <= MAX_UNTAKEN_BYTES);
  }

  /** Whether requests wait, behind which a further one has to wait too. */
  public boolean isHolding() {
    return !held.isEmpty();
  }

  /**
   * Runs a task as soon as the client has taken what it asked for before. Over HTTP/1 only one task
   * waits, since one request is answered after the other; over HTTP/2 one for each stream.
   */
  public void whenTaken(Runnable task) {
    held.add(task);
  }

  /** Runs a task after so long, unless the connection has ended by then. */
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
   * Looks once a second whether the connection owes the head of a request, or has none for long.
   */
  private final class Deadline {
    private final InFlightRequests requests;
    private final TimerWheel.Timer timer;

    /** Counts the looks, from 1. */
    private int seconds = 1;

    /** When the first byte of a head came that is not complete; 0 where none did. */
    private int headSince = 1;

    private int idleSince;
    private long unreadBytes;
    private boolean begun;

    /** Whether anything has come since the last look. */
    private boolean received;

    /** On HTTP/2, frames come that begin no request. */
    private boolean hasStreams;

    /** Starts with a new connection, which owes a head. */
    Deadline(InFlightRequests requests) {
      this.requests = requests;
      this.timer = TimerWheel.of(channel.eventLoop()).every(1000, this::look);
    }

    /**
     * Bytes have come: of a head, unless a request is being answered whose body they may be. Over
     * HTTP/2 they may be a window update, by which the client takes its answers.
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

    private void look() {
      seconds++;
      long unread = unread();
      boolean isAnswering = unread == 0 && !requests.isEmpty();
      if (isAnswering) {
        requests.look(seconds, limits.options().bodySeconds());
      }
      boolean isReading = unread != unreadBytes || (hasStreams && received && unread > 0);
      received = false;
      if (begun || isAnswering || isReading) {
        begun = false;
        unreadBytes = unread;
        idleSince = seconds;
        resumeHeld();
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

    /** Bytes that are written and that the system has not taken; fewer with each that it takes. */
    private long unread() {
      ChannelOutboundBuffer queue = channel.unsafe().outboundBuffer();
      long here = queue == null ? 0 : queue.totalPendingWriteBytes() - queue.currentProgress();
      return Math.max(0, here) + requests.untakenBytes();
    }

    /**
     * Closes. Where the client does not take its answers, that is a reset, past Vert.x and TLS:
     * they would wait until it does, and the system would keep the bytes for as long.
     */
    private void close() {
      if (unreadBytes == 0) {
        channel.close();
      } else {
        channel.config().setOption(ChannelOption.SO_LINGER, 0);
        channel.pipeline().context(NAME).close();
      }
    }

    /** Tells a client of HTTP/1 without TLS; no answer is under way that this would mix with. */
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
