package io.stentor.protocol.centrifuge;

import io.netty.channel.EventLoop;
import io.stentor.control.Directory;
import io.stentor.identity.Access;
import io.stentor.identity.Expiries;
import io.stentor.identity.Permissions;
import io.stentor.identity.Tokens;
import io.stentor.presence.Presence;
import io.stentor.room.Rooms;

/**
 * What the sessions of one event loop share.
 *
 * @param eventLoop the loop that they all belong to
 * @param rooms of the node
 * @param presence of the node
 * @param access who may do what on the node
 * @param directory where servers find them
 * @param expiries of this loop, with a grace of {@link #GRACE_SECONDS}
 * @param pingIntervalSeconds how often clients are pinged, which they are told; 0 for never
 */
public record Site(
    EventLoop eventLoop,
    Rooms rooms,
    Presence presence,
    Access access,
    Directory directory,
    Expiries expiries,
    int pingIntervalSeconds) {

  /** How late a client may be with a new token. */
  public static final int GRACE_SECONDS = 25;

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

  /** Who is believed. */
  Tokens tokens() {
    return access.tokens();
  }
}
