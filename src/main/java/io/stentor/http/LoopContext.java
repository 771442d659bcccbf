package io.stentor.http;

import io.netty.channel.EventLoop;
import io.stentor.admission.ConnectTimeout;
import io.stentor.admission.Limit;
import io.stentor.config.Config.WebSocketOptions;
import io.stentor.config.LiveConfig;
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
import java.util.function.Supplier;

/**
 * What the connections of one server verticle share.
 *
 * @param eventLoop the loop that they all belong to
 * @param rooms of the node
 * @param presence of the node
 * @param access of the node
 * @param heartbeat of this loop
 * @param expiries of this loop
 * @param directory where servers find the connections
 * @param newcomers of this loop
 * @param connections of the node
 * @param closeTimeout seconds after which a socket that is being closed is cut
 * @param pingInterval seconds between two pings; 0 for none
 * @param maxFrameBytes limit of one message with commands of the Centrifuge protocol
 */
public record LoopContext(
    EventLoop eventLoop,
    Rooms rooms,
    Presence presence,
    Access access,
    Heartbeat heartbeat,
    Expiries expiries,
    ConnectionRegistry directory,
    ConnectTimeout newcomers,
    ConnectionCounts connections,
    IntSupplier closeTimeout,
    IntSupplier pingInterval,
    IntSupplier maxFrameBytes) {

  /** What clients of the Centrifuge protocol rely on. */
  private static final int LEAST_MAX_FRAME_BYTES = 64 * 1024;

  /** How long a client of the Centrifuge protocol may take to say who it is. */
  private static final int CONNECT_SECONDS = 10;

  /** How long it is waited on until it is connected; a cluster may be slow when a node has died. */
  private static final int CONNECTING_SECONDS = 40;

  private static final int RETRY_SECONDS = 5;

  /** A loop that has no connections yet; what looks after them has begun. */
  public static LoopContext of(EventLoop eventLoop, NodeServices house) {
    LiveConfig live = house.live();
    Supplier<WebSocketOptions> sockets = () -> live.get().webSocket();
    Heartbeat heartbeat = new Heartbeat(sockets);
    heartbeat.start(eventLoop);
    ConnectTimeout newcomers = new ConnectTimeout(CONNECT_SECONDS, CONNECTING_SECONDS);
    newcomers.start(eventLoop);
    ConnectionRegistry directory = house.connections().directories().add(eventLoop);
    return new LoopContext(
        eventLoop,
        house.rooms(),
        house.presence(),
        house.access(),
        heartbeat,
        expiries(() -> live.get().identity().tokens().leewaySeconds(), house.access(), eventLoop),
        directory,
        newcomers,
        house.connections(),
        () -> sockets.get().closeTimeoutSeconds(),
        () -> sockets.get().pingIntervalSeconds(),
        () -> Math.max(LEAST_MAX_FRAME_BYTES, live.get().largestMessageBytes()));
  }

  /** Starts timers for the tokens of connections of this loop, with a grace of their own. */
  public Expiries expiries(IntSupplier graceSeconds) {
    return expiries(graceSeconds, access, eventLoop);
  }

  private static Expiries expiries(IntSupplier graceSeconds, Access access, EventLoop eventLoop) {
    Expiries expiries =
        new Expiries(
            graceSeconds,
            () -> access.permissions().isInsecure(),
            () -> System.currentTimeMillis() / 1000);
    expiries.start(eventLoop);
    return expiries;
  }

  /**
   * Goes on where a room may be entered.
   *
   * @throws RequestRefused where this node has as many rooms as it may
   */
  public void requirePlace(RoomName room) {
    try {
      rooms.requirePlace(room);
    } catch (RoomLimitReached e) {
      throw tooManyRooms(e);
    }
  }

  /** What a request is told that cannot enter a room. */
  public static RequestRefused tooManyRooms(RoomLimitReached reached) {
    return RequestRefused.of(
            ProblemType.UNAVAILABLE,
            "This node has " + reached.allowed() + " rooms, and takes no more (limits.rooms).",
            RETRY_SECONDS)
        .of(Limit.ROOMS, reached.allowed());
  }

  /** What rooms allow. */
  public Permissions permissions() {
    return access.permissions();
  }

  /** After how many seconds a socket that is being closed now is cut. */
  public int closeTimeoutSeconds() {
    return closeTimeout.getAsInt();
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
