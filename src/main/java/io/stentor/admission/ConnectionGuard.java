package io.stentor.admission;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.util.AttributeKey;
import io.stentor.config.LimitOptions;
import io.stentor.http.HeadCheck;
import io.stentor.http.Problem;
import io.stentor.http.ProblemType;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Queue;
import java.util.WeakHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One accepted connection as limits see it: whose it is, and what it has asked for. Sees every byte
 * first, until the connection has become a WebSocket or an event stream. Belongs to the
 * connection's event loop.
 */
public final class ConnectionGuard extends ChannelInboundHandlerAdapter {

  private static final AttributeKey<ConnectionGuard> KEY =
      AttributeKey.valueOf(ConnectionGuard.class, "guard");
  static final String NAME = "guard";

  /**
   * Answers over HTTP/2 that the client has not taken: beyond this, further requests wait. Over
   * HTTP/1 it is what Netty takes for a full channel, 64 KiB.
   */
  static final int MAX_UNTAKEN_BYTES = 1024 * 1024;

  /**
   * What the system takes of answers that the client has no room for. By itself it would take
   * megabytes, and nobody could see whether a client takes anything. A WebSocket or an event stream
   * has a limit of its own.
   */
  private static final long MAX_UNSENT_BYTES = 128 * 1024;

  private final Channel channel;
  private final Ticket ticket;
  private final Limits limits;
  private final Function<EventLoop, RequestDeadlines> deadlinesOf;
  private @Nullable Ticket place;

  /**
   * Those of requests over HTTP/2, of which many are under way at once; null where there is none.
   */
  private @Nullable Map<HttpServerResponse, Ticket> places;

  private @Nullable InFlightRequests underway = new InFlightRequests();
  private @Nullable RequestDeadline deadline;
  private boolean checked;

  /** Requests that wait until the client has taken its answers; no more than it has streams. */
  private final Queue<Runnable> held = new ArrayDeque<>(1);

  private ConnectionGuard(
      Channel channel,
      Ticket ticket,
      Limits limits,
      Function<EventLoop, RequestDeadlines> deadlinesOf) {
    this.channel = channel;
    this.ticket = ticket;
    this.limits = limits;
    this.deadlinesOf = deadlinesOf;
  }

  /** Puts a guard in front of a connection that nobody has seen yet. Any thread. */
  static void install(
      Channel channel,
      Ticket ticket,
      Limits limits,
      Function<EventLoop, RequestDeadlines> deadlinesOf) {
    ConnectionGuard guard = new ConnectionGuard(channel, ticket, limits, deadlinesOf);
    channel.attr(KEY).set(guard);
    channel.config().setOption(EpollChannelOption.TCP_NOTSENT_LOWAT, MAX_UNSENT_BYTES);
    channel.closeFuture().addListener((ChannelFutureListener) closed -> guard.closed());
    channel.pipeline().addLast(NAME, guard);
  }

  /** The guard of a connection; null where it was not accepted by an {@link AcceptLimiter}. */
  public static @Nullable ConnectionGuard of(Channel channel) {
    return channel.attr(KEY).get();
  }

  /** The connection is no longer one of requests: its deadlines are somebody else's. */
  public static void open(Channel channel) {
    ConnectionGuard guard = of(channel);
    if (guard != null && channel.pipeline().get(NAME) != null) {
      channel.pipeline().remove(NAME);
      channel.config().setOption(EpollChannelOption.TCP_NOTSENT_LOWAT, 0L);
      guard.leave();
      guard.forgetRequests();
    }
  }

  /** The limit that leaves no place for this connection; null where there is one. */
  @Nullable
  public Limit refusedBy() {
    return ticket.refusedBy();
  }

  /** What the peer's address uses; null where that is a proxy. */
  @Nullable
  public Usage usage() {
    return ticket.usage();
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    if (channel.isRegistered()) {
      enter();
    }
  }

  @Override
  public void channelRegistered(ChannelHandlerContext ctx) {
    enter();
    ctx.fireChannelRegistered();
  }

  private void enter() {
    InFlightRequests requests = underway;
    if (deadline == null && requests != null) {
      RequestDeadlines ofLoop = deadlinesOf.apply(channel.eventLoop());
      deadline = new RequestDeadline(channel, limits, requests, this::goOn, ofLoop);
    }
  }

  private void leave() {
    if (deadline != null) {
      deadline.end();
    }
  }

  /** Nothing of a request is to stay in memory for as long as a socket is open. */
  private void forgetRequests() {
    underway = null;
    deadline = null;
    places = null;
  }

  private void closed() {
    leave();
    held.clear();
    if (underway != null) {
      underway.endAll();
    }
    if (place != null) {
      place.giveBack();
    }
    ticket.giveBack();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (!checked) {
      checked = true;
      HeadCheck.install(ctx.pipeline());
    }
    if (deadline != null) {
      deadline.heard();
    }
    ctx.fireChannelRead(message);
  }

  /** What comes of the latest request's body is not HTTP: says so, and ends the connection. */
  public void bodyBroken() {
    HttpServerRequest request = underway == null ? null : underway.latest();
    if (request == null) {
      channel.close();
      return;
    }
    if (!request.isEnded()) {
      String detail = "The chunks of the body are not as RFC 9112, section 7.1, has them.";
      Problem.answer(request, ProblemType.BAD_REQUEST, detail);
    }
    request.connection().close();
  }

  /** What has come may be windows of HTTP/2, by which answers go out. */
  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    ctx.fireChannelReadComplete();
    goOn();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    goOn();
    ctx.fireChannelWritabilityChanged();
  }

  /** Begins what waits, where the client has taken its answers; behind what is written now. */
  void goOn() {
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
        goOn();
      }
    }
  }

  /**
   * Runs something as soon as the client has taken what it asked for before. Over HTTP/1 only one
   * thing waits, since one request is answered after the other; over HTTP/2 one for each stream.
   */
  public void whenTaken(Runnable task) {
    held.add(task);
  }

  /** Runs something after so long, unless the connection has ended by then. */
  public void later(Runnable task, long nanos) {
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

  /** Whether the client has taken nearly all of what it asked for before. */
  public boolean hasTakenAll() {
    InFlightRequests requests = underway;
    return channel.isWritable()
        && (requests == null || requests.untakenBytes() <= MAX_UNTAKEN_BYTES);
  }

  /** Whether requests wait, behind which a further one has to. */
  public boolean isHolding() {
    return !held.isEmpty();
  }

  /**
   * A request has come whole, as far as its head goes.
   *
   * @param byProxy the place of the client that it came from by a proxy; null where it came by none
   */
  public void begin(HttpServerRequest request, @Nullable Ticket byProxy) {
    boolean streams = request.version() == HttpVersion.HTTP_2;
    if (!streams) {
      place = byProxy;
    } else if (byProxy != null) {
      places = places == null ? new WeakHashMap<>() : places;
      places.put(request.response(), byProxy);
    }
    if (deadline != null) {
      deadline.begin(streams);
    }
    if (underway != null) {
      underway.add(request, byProxy);
    }
  }

  /** The place of a request's client; null where it came by no proxy. */
  @Nullable
  public Ticket place(HttpServerRequest request) {
    if (request.version() != HttpVersion.HTTP_2) {
      return place;
    }
    return places == null ? null : places.get(request.response());
  }

  /** What a request's client uses; null where nothing is counted for it. */
  @Nullable
  public Usage client(HttpServerRequest request) {
    Ticket byProxy = place(request);
    return byProxy == null ? ticket.usage() : byProxy.usage();
  }

  /** The place of the client of the WebSocket that this is; null where it came by no proxy. */
  @Nullable
  public Ticket place() {
    return place;
  }

  /** What the client of the WebSocket that this is uses; null where nothing is counted for it. */
  @Nullable
  public Usage client() {
    return place == null ? ticket.usage() : place.usage();
  }

  /** Takes messages of a request's client that cannot be refused any more. */
  public void owe(HttpServerRequest request, int messages) {
    Usage client = client(request);
    if (client != null) {
      limits.owe(client, messages);
    }
  }

  /** What is configured. */
  public LimitOptions options() {
    return limits.options();
  }

  /** How fast the connection may send from now on. */
  public ConnectionRate pace() {
    return limits.pace(client());
  }
}
