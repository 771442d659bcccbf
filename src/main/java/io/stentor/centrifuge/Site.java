package io.stentor.centrifuge;

import io.netty.channel.EventLoop;
import io.stentor.connection.ConnectionRegistry;
import io.stentor.http.LoopContext;
import io.stentor.identity.Access;
import io.stentor.identity.Expiries;
import io.stentor.identity.Permissions;
import io.stentor.presence.Presence;
import io.stentor.room.Rooms;
import java.util.function.IntSupplier;

/**
 * What the sessions of one event loop share.
 *
 * @param eventLoop the loop that they all belong to
 * @param rooms of the node
 * @param presence of the node
 * @param access who may do what on the node
 * @param directory where servers find them
 * @param expiries of this loop, with a grace of {@link #GRACE_SECONDS}
 * @param pingInterval how often clients are pinged, in seconds, which they are told; 0 for never
 */
public record Site(
    EventLoop eventLoop,
    Rooms rooms,
    Presence presence,
    Access access,
    ConnectionRegistry directory,
    Expiries expiries,
    IntSupplier pingInterval) {

  /** How late a client may be with a new token. */
  public static final int GRACE_SECONDS = 25;

  /** Creates what the sessions of this loop share. */
  public static Site of(LoopContext loop) {
    return new Site(
        loop.eventLoop(),
        loop.rooms(),
        loop.presence(),
        loop.access(),
        loop.registry(),
        loop.expiries(() -> GRACE_SECONDS),
        loop::pingIntervalSeconds);
  }

  /** How often a client that connects now is pinged, in seconds; 0 for never. */
  int pingIntervalSeconds() {
    return pingInterval.getAsInt();
  }

  /** Runs a task on the event loop, at once where that is this thread. */
  void onLoop(Runnable task) {
    if (eventLoop.inEventLoop()) {
      task.run();
    } else {
      eventLoop.execute(task);
    }
  }

  /** What is allowed to whom. */
  Permissions permissions() {
    return access.permissions();
  }
}
