package io.stentor.room;

import io.stentor.admission.Limit;
import io.stentor.admission.Limits;
import io.stentor.message.RoomName;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Counts the holds on the rooms that are in use on this node, or were a moment ago: one by each
 * {@link Room} and one by its {@link Feed}. A room can be entered only with a hold, which enforces
 * {@code limits.rooms}. Any thread.
 */
final class RoomsInUse {
  private final Limits limits;
  private final Map<RoomName, Integer> holds = new ConcurrentHashMap<>();

  RoomsInUse(Limits limits) {
    this.limits = limits;
  }

  /**
   * Returns if the room could be held now. Otherwise records that the limit was reached.
   *
   * @throws JoinLimitReached if the limit is reached and enforced
   */
  void requirePlace(RoomName name) throws JoinLimitReached {
    int most = limits.options().rooms();
    if (most == 0 || holds.size() < most || holds.containsKey(name)) {
      return;
    }
    limits.hit(Limit.ROOMS, "room " + name.value());
    if (!limits.isDryRun()) {
      throw JoinLimitReached.ofRooms(most);
    }
  }

  /**
   * Adds a hold on a room. Always succeeds for a room that is already held.
   *
   * @throws JoinLimitReached if this node may not have another room; no hold is added then
   */
  void hold(RoomName name) throws JoinLimitReached {
    if (holds.computeIfPresent(name, (room, count) -> count + 1) == null) {
      holdFirst(name);
    }
  }

  /**
   * Adds the first hold on a room. Synchronized so that two rooms cannot both take the last slot.
   */
  private synchronized void holdFirst(RoomName name) throws JoinLimitReached {
    requirePlace(name);
    holds.merge(name, 1, Integer::sum);
  }

  /** Adds a hold on a room that is already held. */
  void holdAgain(RoomName name) {
    holds.merge(name, 1, Integer::sum);
  }

  /** Releases one hold. */
  void release(RoomName name) {
    holds.computeIfPresent(name, (room, count) -> count == 1 ? null : count - 1);
  }

  /** Returns the number of held rooms. */
  int size() {
    return holds.size();
  }
}
