package io.stentor.sse;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.stentor.connection.Transport;
import io.stentor.http.LoopContext;
import io.stentor.http.PlainClient;
import io.stentor.http.api.MemberJson;
import io.stentor.identity.Grants.Action;
import io.stentor.identity.Identity;
import io.stentor.identity.Permissions;
import io.stentor.message.CloseReason;
import io.stentor.message.Member;
import io.stentor.message.RoomName;
import io.stentor.message.TagFilter;
import io.stentor.presence.Membership;
import io.stentor.presence.Watcher;
import io.stentor.presence.Watcher.Watch;
import io.stentor.room.Connection;
import io.stentor.room.Cursor.Notice;
import io.stentor.room.Cursor.Start;
import io.stentor.room.Format;
import io.stentor.room.JoinLimitReached;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One event stream of one room. It is send-only. Must be used on the stream's event loop only. */
public final class SseConnection extends StreamConnection implements Connection, KeepAlive.Kept {

  private static final Logger LOG = LoggerFactory.getLogger(SseConnection.class);

  /**
   * Reconnection delays of clients in milliseconds. They are random, so that the clients of a
   * failed node do not reconnect all at once.
   */
  private static final int MIN_RETRY_MILLIS = 1000;

  private static final int MAX_RETRY_MILLIS = 3000;

  /** Maximum reconnection delay of clients that are disconnected by a shutdown. */
  private static final int MAX_SHUTDOWN_RETRY_MILLIS = 6000;

  /** Limit of the remaining drain time that is added to the reconnection delay. */
  private static final int MAX_DRAIN_MILLIS = 30_000;

  private static final int EVENT_BYTES = 128;

  private final RoomName room;
  private final LoopContext loop;
  private final KeepAlive keepAlive;
  private final KeepAlive.Slot place = new KeepAlive.Slot();
  private final ServerSentEvents format;
  private final Membership membership;
  private final @Nullable TagFilter filter;
  private final boolean watches;
  private final PlainClient client;
  private @Nullable Watch watch;

  /** Whether the client was told the ID of its connection. */
  private boolean isTold;

  private SseConnection(
      Request request,
      LoopContext loop,
      KeepAlive keepAlive,
      Function<ResponseStream.Listener, ResponseStream> stream) {
    super(stream);
    this.room = request.room();
    this.loop = loop;
    this.keepAlive = keepAlive;
    this.membership = new Membership(loop.presence(), room, request.member());
    this.filter = request.filter();
    this.watches = request.watches();
    this.format = stream().isChunked() ? ServerSentEvents.CHUNKED : ServerSentEvents.UNFRAMED;
    this.client =
        new PlainClient(
            loop,
            request.member(),
            request.identity(),
            () -> request.isAllowed(loop.permissions()),
            this::close);
  }

  /**
   * A validated request for a stream.
   *
   * @param member the client as the other members see it
   * @param filter what the client is sent; null for everything
   * @param watches whether the client receives member events
   * @param identity the authenticated identity
   */
  record Request(
      RoomName room,
      Member member,
      Start start,
      @Nullable TagFilter filter,
      boolean watches,
      Identity identity) {

    /** Returns whether the permissions allow this stream. */
    boolean isAllowed(Permissions permissions) {
      return permissions.allow(identity, room, Action.SUBSCRIBE)
          && (!watches || permissions.allow(identity, room, Action.PRESENCE));
    }
  }

  /**
   * Creates a connection and joins the room, for a response whose head has been written.
   *
   * @param stream creates the stream for its listener
   */
  static void open(
      Request request,
      LoopContext loop,
      KeepAlive keepAlive,
      Function<ResponseStream.Listener, ResponseStream> stream) {
    new SseConnection(request, loop, keepAlive, stream).join(request);
  }

  private void join(Request request) {
    int count = loop.connections().opened(Transport.SSE);
    LOG.debug("connected: {} to room {}, {} open", this, room, count);
    keepAlive.add(this);
    sendEvent(out -> format.encodeRetry(retryMillis(), out));
    client.recheck();
    try {
      client.join(room, this, request.start());
    } catch (JoinLimitReached e) {
      close(e.closeReason());
    }
    if (!isOpen()) {
      leaveRoom();
    } else if (keepAlive.isClosed()) {
      close(CloseReason.SHUTDOWN);
    }
  }

  /** Returns a random reconnection delay in milliseconds for a client that lost its stream. */
  public static int retryMillis() {
    return random(MAX_RETRY_MILLIS);
  }

  /**
   * Returns a reconnection delay in milliseconds for a client that reached a draining node. Its
   * load balancer still routes to this node, so the client should reconnect after the node is gone.
   *
   * @param leavingNanos remaining time during which the node refuses clients; negative if it has
   *     passed
   */
  public static int retryMillisBehind(long leavingNanos) {
    long leaving = Math.max(0, TimeUnit.NANOSECONDS.toMillis(leavingNanos));
    return (int) Math.min(leaving, MAX_DRAIN_MILLIS) + random(MAX_SHUTDOWN_RETRY_MILLIS);
  }

  private static int random(int maxMillis) {
    return ThreadLocalRandom.current().nextInt(MIN_RETRY_MILLIS, maxMillis + 1);
  }

  @Override
  public void joined() {
    membership.enter();
    if (watches) {
      watch = loop.presence().watch(room, new MemberEvents(), loop.eventLoop());
    }
  }

  @Override
  public Format format() {
    return format;
  }

  @Override
  public @Nullable TagFilter filter() {
    return filter;
  }

  @Override
  public String id() {
    return client.connection();
  }

  @Override
  public boolean tell(Notice notice) {
    if (isTold) {
      return Connection.super.tell(notice);
    }
    isTold = true;
    sendEvent(out -> format.encodeFirst(notice, membership.member().connection(), out));
    return true;
  }

  @Override
  public void send(ByteBuf shared) {
    if (isOpen()) {
      keepAlive.sent(place);
      stream().send(shared);
    }
  }

  @Override
  public void write(ByteBuf bytes) {
    if (isOpen()) {
      keepAlive.sent(place);
    }
    super.write(bytes);
  }

  /**
   * Sends a comment. Does nothing if the stream is not writable, because its pending bytes keep
   * proxies from closing it.
   */
  @Override
  public void silent() {
    if (isWritable()) {
      sendEvent(format::encodeComment);
    }
  }

  @Override
  public KeepAlive.Slot place() {
    return place;
  }

  /**
   * Sends the members of the room: {@code event: members} with the full list, then {@code join} and
   * {@code leave}. A full stream gets the full list again later.
   */
  private final class MemberEvents implements Watcher {
    @Override
    public boolean present(List<Member> members) {
      return sendEvent("members", MemberJson.of(members));
    }

    @Override
    public boolean joined(Member member) {
      return sendEvent("join", MemberJson.of(member));
    }

    @Override
    public boolean left(Member member) {
      return sendEvent("leave", MemberJson.of(member));
    }
  }

  private boolean sendEvent(String name, String data) {
    if (isWritable()) {
      sendEvent(out -> format.encode(name, data, out));
      return true;
    }
    return false;
  }

  private void sendEvent(Consumer<ByteBuf> event) {
    write(encoded(event));
    flush();
  }

  private static ByteBuf encoded(Consumer<ByteBuf> event) {
    ByteBuf out = PooledByteBufAllocator.DEFAULT.directBuffer(EVENT_BYTES);
    event.accept(out);
    return out;
  }

  @Override
  public void close(CloseReason reason) {
    if (beginToClose(reason)) {
      leaveRoom();
      int retry = reason.equals(CloseReason.SHUTDOWN) ? random(MAX_SHUTDOWN_RETRY_MILLIS) : 0;
      stream()
          .end(encoded(out -> format.encodeClose(reason, retry, out)), loop.closeTimeoutSeconds());
    }
  }

  @Override
  public void leave() {
    close(CloseReason.SHUTDOWN);
  }

  private void leaveRoom() {
    client.end();
    membership.leave();
    if (watch != null) {
      watch.close();
    }
  }

  @Override
  public void drained() {
    client.drained();
    if (watch != null && isWritable()) {
      watch.ready();
    }
  }

  @Override
  public void failed(Throwable failure) {
    int open = loop.connections().open();
    LOG.debug("error: {} in room {}, {} open: {}", this, room, open, failure.toString());
  }

  @Override
  public void closed(@Nullable CloseReason reason, String why) {
    keepAlive.remove(this);
    leaveRoom();
    int count = loop.connections().closed(Transport.SSE, reason);
    LOG.debug("closed: {} in room {}: {}, {} open", this, room, why, count);
  }

  /** Returns the address and the connection id, for logs. */
  @Override
  public String toString() {
    return stream().remoteAddress() + " " + membership.member().connection();
  }
}
