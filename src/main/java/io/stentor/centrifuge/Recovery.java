package io.stentor.centrifuge;

import io.stentor.history.Page;
import io.stentor.message.Position;
import io.stentor.message.RoomName;
import io.stentor.room.Rooms;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/**
 * What a client missed: the first page of it, which goes into the answer; what is behind it follows
 * as pushes.
 *
 * @param page begins right behind the client's offset; null where the log does not continue from
 *     there
 */
record Recovery(@Nullable Page page) {

  /** Most messages in one answer. */
  static final int MAX_MESSAGES = 300;

  /** Most bytes of them, unless one alone has more. */
  static final int MAX_BYTES = 64 * 1024;

  private static final Recovery IMPOSSIBLE = new Recovery(null);

  /**
   * Reads the log. Completes on any thread.
   *
   * @param maxBytes of the first page
   */
  static Future<Recovery> read(Rooms rooms, RoomName room, Wanted wanted, int maxBytes) {
    if (wanted.epoch().isEmpty()) {
      return rooms
          .read(room, Position.NONE, 0, 0)
          .compose(
              here -> read(rooms, room, new Position(here.epoch(), wanted.offset()), maxBytes));
    }
    Position at = position(wanted.epoch(), wanted.offset());
    return at == null ? Future.succeededFuture(IMPOSSIBLE) : read(rooms, room, at, maxBytes);
  }

  /** Null where no log can have such an epoch. */
  static @Nullable Position position(String epoch, long offset) {
    try {
      Position position = Position.parse(epoch + ":" + offset);
      return Position.epochText(position.epoch()).equals(epoch) ? position : null;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private static Future<Recovery> read(Rooms rooms, RoomName room, Position at, int maxBytes) {
    return rooms
        .read(room, at, MAX_MESSAGES, maxBytes)
        .map(page -> continues(page, at) ? new Recovery(page) : IMPOSSIBLE);
  }

  private static boolean continues(Page page, Position at) {
    return page.epoch() == at.epoch()
        && at.offset() <= page.top()
        && at.offset() + 1 >= page.oldest();
  }
}
