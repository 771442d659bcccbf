package io.stentor.presence;

import io.stentor.message.Member;
import io.stentor.message.RoomName;
import io.stentor.presence.Watcher.Watch;
import io.vertx.core.Future;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Who is in which room, on all nodes. Rooms with the option {@code presence: false} are not
 * tracked: nobody is ever seen in them. All methods may be called on any thread and do not block;
 * futures complete on any thread.
 */
public interface Presence {

  /** Most members or rooms that one answer holds. */
  int MAX_PAGE = 1000;

  /**
   * A connection of this node is in a room from now on. What a connection says from one thread is
   * done in that order. Entering again replaces what is known of the connection and is no event.
   */
  void enter(RoomName room, Member member);

  /** The connection, which entered on this node, has left. Once more does no harm. */
  void leave(RoomName room, String connection);

  /**
   * Begins to tell a watcher who is there and who comes and goes, on whichever node.
   *
   * @param loop where the watcher is called: the event loop of its connection
   */
  Watch watch(RoomName room, Watcher watcher, Executor loop);

  /**
   * A part of the members of a room, by user and then by connection.
   *
   * @param after begin behind this one, of which only user and connection count and who need not be
   *     there any more; null begins with the first
   * @param limit most members to answer, 1 to {@link #MAX_PAGE}
   */
  Future<MembersPage> members(RoomName room, @Nullable Member after, int limit);

  /** How many are in a room; zeros where nobody is. */
  Future<RoomStats> stats(RoomName room);

  /**
   * A part of the rooms that anybody is in, in order of their names as {@link String#compareTo} has
   * it.
   *
   * @param prefix what the names begin with; empty for all
   * @param after begin behind this name; null begins with the first
   * @param limit most rooms to answer, 1 to {@link #MAX_PAGE}
   * @return fails with {@link BusyException} where too many of these are asked at once: each looks
   *     at all names
   */
  Future<List<RoomStats>> rooms(String prefix, @Nullable String after, int limit);

  /**
   * This node goes: all its members leave everywhere, at once. Who enters from now on is not seen.
   *
   * @return complete when the others know, or when that took too long
   */
  Future<Void> close();

  /** Too many questions at once; ask again in a moment. */
  final class BusyException extends RuntimeException {
    private static final long serialVersionUID = 1;

    BusyException() {
      super("too many lists of rooms are asked for at this moment", null, false, false);
    }
  }
}
