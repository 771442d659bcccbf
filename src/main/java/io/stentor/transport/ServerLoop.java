package io.stentor.transport;

import io.netty.channel.EventLoop;
import io.stentor.config.LiveConfig;
import io.stentor.config.WebSocketOptions;
import io.stentor.control.Directory;
import io.stentor.identity.Expiries;
import io.stentor.identity.Permissions;
import io.stentor.limits.Limit;
import io.stentor.message.RoomName;
import io.stentor.presence.Presence;
import io.stentor.protocol.centrifuge.Site;
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
 * @param heartbeat of this loop
 * @param expiries of this loop
 * @param directory where servers find the connections
 * @param newcomers of this loop
 * @param connections of the node
 * @param mailboxes of the node
 * @param closeTimeout seconds after which a socket that is being closed is cut
 * @param site what sessions of the Centrifuge protocol share
 * @param maxFrameBytes limit of one message with commands of the Centrifuge protocol
 */
record ServerLoop(
    EventLoop eventLoop,
    Rooms rooms,
    Presence presence,
    Heartbeat heartbeat,
    Expiries expiries,
    Directory directory,
    Newcomers newcomers,
    Connections connections,
    Mailboxes mailboxes,
    IntSupplier closeTimeout,
    Site site,
    IntSupplier maxFrameBytes) {

  /** What clients of the Centrifuge protocol rely on. */
  private static final int LEAST_MAX_FRAME_BYTES = 64 * 1024;

  /** How long a client of the Centrifuge protocol may take to say who it is. */
  private static final int CONNECT_SECONDS = 10;

  /** How long it is waited on until it is connected; a cluster may be slow when a node has died. */
  private static final int CONNECTING_SECONDS = 40;

  private static final int RETRY_SECONDS = 5;

  /** A loop that has no connections yet; what looks after them has begun. */
  static ServerLoop of(EventLoop eventLoop, House house) {
    LiveConfig live = house.live();
    Supplier<WebSocketOptions> sockets = () -> live.get().webSocket();
    Heartbeat heartbeat = new Heartbeat(sockets);
    heartbeat.start(eventLoop);
    Newcomers newcomers = new Newcomers(CONNECT_SECONDS, CONNECTING_SECONDS);
    newcomers.start(eventLoop);
    Directory directory = house.connections().directories().add(eventLoop);
    return new ServerLoop(
        eventLoop,
        house.rooms(),
        house.presence(),
        heartbeat,
        expiries(() -> live.get().identity().tokens().leewaySeconds(), house, eventLoop),
        directory,
        newcomers,
        house.connections(),
        house.mailboxes(),
        () -> sockets.get().closeTimeoutSeconds(),
        new Site(
            eventLoop,
            house.rooms(),
            house.presence(),
            house.access(),
            directory,
            expiries(() -> Site.GRACE_SECONDS, house, eventLoop),
            () -> sockets.get().pingIntervalSeconds()),
        () -> Math.max(LEAST_MAX_FRAME_BYTES, live.get().largestMessageBytes()));
  }

  private static Expiries expiries(IntSupplier graceSeconds, House house, EventLoop eventLoop) {
    Expiries expiries =
        new Expiries(
            graceSeconds,
            () -> house.access().permissions().isInsecure(),
            () -> System.currentTimeMillis() / 1000);
    expiries.start(eventLoop);
    return expiries;
  }

  /**
   * Goes on where a room may be entered.
   *
   * @throws Refusal where this node has as many rooms as it may
   */
  void requirePlace(RoomName room) {
    try {
      rooms.requirePlace(room);
    } catch (RoomLimitReached e) {
      throw tooManyRooms(e);
    }
  }

  /** What a request is told that cannot enter a room. */
  static Refusal tooManyRooms(RoomLimitReached reached) {
    return Refusal.of(
            ProblemType.UNAVAILABLE,
            "This node has " + reached.allowed() + " rooms, and takes no more (limits.rooms).",
            RETRY_SECONDS)
        .of(Limit.ROOMS, reached.allowed());
  }

  /** What rooms allow. */
  Permissions permissions() {
    return site.access().permissions();
  }

  /** After how many seconds a socket that is being closed now is cut. */
  int closeTimeoutSeconds() {
    return closeTimeout.getAsInt();
  }

  /** Runs a task on the event loop, at once where that is this thread. */
  void onLoop(Runnable task) {
    if (eventLoop.inEventLoop()) {
      task.run();
    } else {
      eventLoop.execute(task);
    }
  }
}
