package io.stentor.http;

import io.netty.channel.EventLoop;
import io.stentor.admission.ConnectTimeout;
import io.stentor.admission.Limit;
import io.stentor.config.Config.WebSocketOptions;
import io.stentor.connection.ConnectionCounts;
import io.stentor.connection.ConnectionRegistry;
import io.stentor.connection.Heartbeat;
import io.stentor.identity.Access;
import io.stentor.identity.Expiries;
import io.stentor.identity.Permissions;
import io.stentor.message.RoomName;
import io.stentor.presence.Presence;
import io.stentor.room.RoomLimitReached;
import io.stentor.room.Rooms;
import java.util.function.IntSupplier;

/**
 * What the connections of one event loop share.
 *
 * @param node what the node offers
 * @param expiries ends plain connections whose tokens have expired
 * @param registry where the server API finds the connections
 * @param connectTimeout of clients of the Centrifuge protocol
 */
public record LoopContext(
    EventLoop eventLoop,
    NodeServices node,
    Heartbeat heartbeat,
    Expiries expiries,
    ConnectionRegistry registry,
    ConnectTimeout connectTimeout) {

  /** Clients of the Centrifuge protocol rely on this. */
  private static final int LEAST_MAX_FRAME_BYTES = 64 * 1024;

  /** How long a client of the Centrifuge protocol may take to send {@code connect}. */
  private static final int CONNECT_SECONDS = 10;

  /** How long {@code connect} may take; a cluster may be slow when a node has died. */
  private static final int CONNECTING_SECONDS = 40;

  private static final int RETRY_SECONDS = 5;

  /** Creates the context of an event loop, and starts its timers. */
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
        node.connections().registries().add(eventLoop),
        connectTimeout);
  }

  /** Starts timers for the tokens of connections of this loop, with a grace of their own. */
  public Expiries expiries(IntSupplier graceSeconds) {
    return expiries(graceSeconds, node, eventLoop);
  }

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
   * Requires that a room can be entered.
   *
   * @throws RequestRefused where the room is not in use and this node has as many rooms as allowed
   */
  public void requirePlace(RoomName room) {
    try {
      rooms().requirePlace(room);
    } catch (RoomLimitReached e) {
      throw tooManyRooms(e);
    }
  }

  /** The refusal of a request that cannot enter a room. */
  public static RequestRefused tooManyRooms(RoomLimitReached reached) {
    return RequestRefused.of(
            ProblemType.UNAVAILABLE,
            "This node has " + reached.allowed() + " rooms, and takes no more (limits.rooms).",
            RETRY_SECONDS)
        .of(Limit.ROOMS, reached.allowed());
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

  /** How long the close of a connection that starts now may take. */
  public int closeTimeoutSeconds() {
    return webSocketOptions().closeTimeoutSeconds();
  }

  /** The interval of the pings of a connection that starts now; 0 for none. */
  public int pingIntervalSeconds() {
    return webSocketOptions().pingIntervalSeconds();
  }

  /** The limit of one frame with commands of the Centrifuge protocol. */
  public int maxFrameBytes() {
    return Math.max(LEAST_MAX_FRAME_BYTES, node.live().get().largestMessageBytes());
  }

  /** Runs a task on the event loop, at once where that is this thread. */
  public void onLoop(Runnable task) {
    if (eventLoop.inEventLoop()) {
      task.run();
    } else {
      eventLoop.execute(task);
    }
  }
}
