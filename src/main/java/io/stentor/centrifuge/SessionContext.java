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
 * @param directory the registry in which servers find them
 * @param expiries of tokens, with a grace of {@link #GRACE_SECONDS}
 * @param pingInterval seconds between two pings, as clients are told; 0 for none
 */
public record SessionContext(
    EventLoop eventLoop,
    Rooms rooms,
    Presence presence,
    Access access,
    ConnectionRegistry directory,
    Expiries expiries,
    IntSupplier pingInterval) {

  /** Time after the expiry of a token in which a new one is accepted. */
  public static final int GRACE_SECONDS = 25;

  /** Creates the context of the sessions of a loop. */
  public static SessionContext of(LoopContext loop) {
    return new SessionContext(
        loop.eventLoop(),
        loop.rooms(),
        loop.presence(),
        loop.access(),
        loop.registry(),
        loop.expiries(() -> GRACE_SECONDS),
        loop::pingIntervalSeconds);
  }

  /** Seconds between two pings of a client that connects now; 0 for none. */
  int pingIntervalSeconds() {
    return pingInterval.getAsInt();
  }

  /** Runs a task on the event loop; at once if called on it. */
  void onLoop(Runnable task) {
    if (eventLoop.inEventLoop()) {
      task.run();
    } else {
      eventLoop.execute(task);
    }
  }

  Permissions permissions() {
    return access.permissions();
  }
}
