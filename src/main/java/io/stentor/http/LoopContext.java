package io.stentor.http;

import io.netty.channel.EventLoop;
import io.stentor.admission.ConnectTimeout;
import io.stentor.config.Config.WebSocketOptions;
import io.stentor.connection.ConnectionCounts;
import io.stentor.connection.ConnectionRegistry;
import io.stentor.connection.Heartbeat;
import io.stentor.identity.Access;
import io.stentor.identity.Expiries;
import io.stentor.identity.Permissions;
import io.stentor.message.RoomName;
import io.stentor.message.TagFilter;
import io.stentor.presence.Presence;
import io.stentor.room.JoinLimitReached;
import io.stentor.room.Rooms;
import io.stentor.timer.Pacer;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Services shared by the connections of one event loop.
 *
 * @param node the services of the node
 * @param expiries closes connections when their token expires
 * @param expiriesWithGrace closes connections of clients that can send a new token, {@value
 *     #GRACE_SECONDS} s after their token expires
 * @param registry the connections that the server API can find
 * @param connectTimeout for clients of the Centrifuge protocol
 * @param resubscribes asks clients of the Centrifuge protocol to subscribe again
 */
public record LoopContext(
    EventLoop eventLoop,
    NodeServices node,
    Heartbeat heartbeat,
    Expiries expiries,
    Expiries expiriesWithGrace,
    ConnectionRegistry registry,
    ConnectTimeout connectTimeout,
    Pacer resubscribes) {

  /** Time in seconds after the expiry of a token in which a new one is accepted. */
  public static final int GRACE_SECONDS = 25;

  /** Minimum frame limit that clients of the Centrifuge protocol rely on. */
  private static final int MIN_MAX_FRAME_BYTES = 64 * 1024;

  /** Maximum time in seconds until a client of the Centrifuge protocol sends {@code connect}. */
  private static final int CONNECT_SECONDS = 10;

  /**
   * Maximum duration of {@code connect} in seconds. A cluster may be slow right after a node
   * failure.
   */
  private static final int CONNECTING_SECONDS = 40;

  private static final int RETRY_SECONDS = 5;

  private static final int RESUBSCRIBES_PER_SECOND = 1000;

  /** Creates the context of an event loop and starts its timers. */
  public static LoopContext of(EventLoop eventLoop, NodeServices node) {
    Heartbeat heartbeat = new Heartbeat(() -> node.live().get().webSocket());
    heartbeat.start(eventLoop);
    ConnectTimeout connectTimeout =
        new ConnectTimeout(eventLoop, CONNECT_SECONDS, CONNECTING_SECONDS);
    return new LoopContext(
        eventLoop,
        node,
        heartbeat,
        expiries(() -> node.live().get().identity().tokens().leewaySeconds(), node, eventLoop),
        expiries(() -> GRACE_SECONDS, node, eventLoop),
        node.connections().registries().add(eventLoop),
        connectTimeout,
        new Pacer(eventLoop, RESUBSCRIBES_PER_SECOND));
  }

  /**
   * Starts the expiry of tokens on an event loop.
   *
   * @param graceSeconds time after the expiry of a token in which its connection stays open
   */
  private static Expiries expiries(
      IntSupplier graceSeconds, NodeServices node, EventLoop eventLoop) {
    Expiries expiries =
        new Expiries(
            graceSeconds,
            () -> node.access().permissions().isInsecure(),
            () -> System.currentTimeMillis() / 1000);
    expiries.start(eventLoop);
    return expiries;
  }

  /**
   * Requires that a room can be joined.
   *
   * @param filter of the connection; null for none
   * @throws RequestRefused if this node has reached its limit of rooms, or of filters in this room
   */
  public void requirePlace(RoomName room, @Nullable TagFilter filter) {
    try {
      rooms().requirePlace(room, filter);
    } catch (JoinLimitReached e) {
      throw refusal(e);
    }
  }

  /** The refusal for a request that cannot join a room. */
  public static RequestRefused refusal(JoinLimitReached reached) {
    String message = String.valueOf(reached.getMessage());
    String sentence =
        Character.toUpperCase(message.charAt(0))
            + message.substring(1)
            + " (limits."
            + reached.limit().label()
            + ").";
    return RequestRefused.of(ProblemType.UNAVAILABLE, sentence, RETRY_SECONDS)
        .of(reached.limit(), reached.allowed());
  }

  public Rooms rooms() {
    return node.rooms();
  }

  public Presence presence() {
    return node.presence();
  }

  public Access access() {
    return node.access();
  }

  public Permissions permissions() {
    return node.access().permissions();
  }

  public ConnectionCounts connections() {
    return node.connections();
  }

  private WebSocketOptions webSocketOptions() {
    return node.live().get().webSocket();
  }

  /** Close timeout in seconds for a connection that starts now. */
  public int closeTimeoutSeconds() {
    return webSocketOptions().closeTimeoutSeconds();
  }

  /** Ping interval in seconds for a connection that starts now; 0 for no pings. */
  public int pingIntervalSeconds() {
    return webSocketOptions().pingIntervalSeconds();
  }

  /** Returns whether messages of any room may be compressed. */
  public boolean anyCompression() {
    return node.live().get().anyCompression();
  }

  /** Maximum size in bytes of one frame with commands of the Centrifuge protocol. */
  public int maxFrameBytes() {
    return Math.max(MIN_MAX_FRAME_BYTES, node.live().largestMessageBytes());
  }

  /** Runs a task on the event loop; immediately if the current thread is the event loop. */
  public void onLoop(Runnable task) {
    if (eventLoop.inEventLoop()) {
      task.run();
    } else {
      eventLoop.execute(task);
    }
  }
}
