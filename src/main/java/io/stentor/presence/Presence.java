package io.stentor.presence;

import io.stentor.message.Member;
import io.stentor.message.RoomName;
import io.stentor.presence.Watcher.Watch;
import io.vertx.core.Future;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The members of all rooms, on all nodes. Rooms with the option {@code presence: false} are not
 * tracked: they never have members. All methods may be called on any thread and do not block;
 * futures complete on any thread.
 */
public interface Presence {

  /** Maximum number of members or rooms in one answer. */
  int MAX_PAGE = 1000;

  /**
   * Adds a connection of this node to a room. Calls from one thread for one connection take effect
   * in order. If the connection is in the room already, replaces its details; this is no event for
   * watchers.
   */
  void enter(RoomName room, Member member);

  /** Removes a connection that entered on this node. Idempotent. */
  void leave(RoomName room, String connection);

  /**
   * Starts to notify a watcher of a room's members on all nodes.
   *
   * @param loop where the watcher is called: the event loop of its connection
   */
  Watch watch(RoomName room, Watcher watcher, Executor loop);

  /**
   * Returns a page of the members of a room, ordered by user and then by connection.
   *
   * @param after the page begins after this member, which may have left; only its user and
   *     connection matter. Null begins with the first
   * @param limit maximum number of members, 1 to {@link #MAX_PAGE}
   */
  Future<MembersPage> members(RoomName room, @Nullable Member after, int limit);

  /** Counts the members of a room. */
  Future<RoomStats> stats(RoomName room);

  /**
   * Returns a page of the rooms that have members, ordered by name as {@link String#compareTo}
   * does.
   *
   * @param prefix the prefix of the names; empty for all
   * @param after the page begins after this name; null begins with the first
   * @param limit maximum number of rooms, 1 to {@link #MAX_PAGE}
   * @return fails with {@link BusyException} if too many such calls are in progress, because each
   *     one reads all names
   */
  Future<List<RoomStats>> rooms(String prefix, @Nullable String after, int limit);

  /**
   * Removes all members of this node, when it stops. Later calls of {@link #enter} are ignored.
   *
   * @return completes when the other nodes know, or after a timeout
   */
  Future<Void> close();

  /**
   * Returns the limit of a page.
   *
   * @throws IllegalArgumentException if it is not between 1 and {@link #MAX_PAGE}
   */
  static int checkedLimit(int limit) {
    if (limit < 1 || limit > MAX_PAGE) {
      throw new IllegalArgumentException("a page has 1 to " + MAX_PAGE + ": " + limit);
    }
    return limit;
  }

  /** Too many lists of rooms are being made; retry in a moment. */
  final class BusyException extends RuntimeException {
    private static final long serialVersionUID = 1;

    BusyException() {
      super("too many lists of rooms are requested at the moment", null, false, false);
    }
  }
}
