package io.stentor.room;

import io.stentor.admission.Limit;
import io.stentor.admission.Limits;
import io.stentor.message.RoomName;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The rooms of this node that somebody is in, or was a moment ago, and how often each is held: once
 * by each {@link Room} and once by its {@link Feed}. A room is entered only with a hold, so there
 * are never more than {@code limits.rooms}. Any thread.
 */
final class RoomsInUse {
  private final Limits limits;
  private final Map<RoomName, Integer> holds = new ConcurrentHashMap<>();

  RoomsInUse(Limits limits) {
    this.limits = limits;
  }

  /** Goes on where the room could be held now; else counts that the limit was met. */
  void requirePlace(RoomName name) throws RoomLimitReached {
    int most = limits.options().rooms();
    if (most == 0 || holds.size() < most || holds.containsKey(name)) {
      return;
    }
    limits.hit(Limit.ROOMS, "room " + name.value());
    if (!limits.isDryRun()) {
      throw new RoomLimitReached(most);
    }
  }

  /**
   * Holds a room; one that is held already always can be.
   *
   * @throws RoomLimitReached when this node may have no further room; nothing is held then
   */
  void hold(RoomName name) throws RoomLimitReached {
    if (holds.computeIfPresent(name, (room, count) -> count + 1) == null) {
      holdFirst(name);
    }
  }

  /** One thread at a time, so that two rooms never take the last place. */
  private synchronized void holdFirst(RoomName name) throws RoomLimitReached {
    requirePlace(name);
    holds.merge(name, 1, Integer::sum);
  }

  /** Holds a room that somebody holds already. */
  void holdAgain(RoomName name) {
    holds.merge(name, 1, Integer::sum);
  }

  /** Gives one hold back. */
  void release(RoomName name) {
    holds.computeIfPresent(name, (room, count) -> count == 1 ? null : count - 1);
  }

  /** How many rooms are held. */
  int size() {
    return holds.size();
  }
}
