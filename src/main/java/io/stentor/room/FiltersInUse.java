package io.stentor.room;

import io.stentor.admission.Limit;
import io.stentor.admission.Limits;
import io.stentor.message.RoomName;
import io.stentor.message.TagFilter;
import java.util.HashMap;
import java.util.Map;

/**
 * Counts the tails with a filter on this node, by room and filter, which enforces {@code
 * limits.filtersPerRoom}. Any thread.
 */
final class FiltersInUse {
  private final Limits limits;
  private final Map<RoomName, Map<TagFilter, Integer>> holds = new HashMap<>();

  FiltersInUse(Limits limits) {
    this.limits = limits;
  }

  /**
   * Returns if a tail with this filter could be added now. Otherwise records that the limit was
   * reached.
   *
   * @throws JoinLimitReached if the limit is reached and enforced
   */
  synchronized void requirePlace(RoomName room, TagFilter filter) throws JoinLimitReached {
    Map<TagFilter, Integer> filters = holds.getOrDefault(room, Map.of());
    int most = limits.options().filtersPerRoom();
    if (most == 0 || filters.size() < most || filters.containsKey(filter)) {
      return;
    }
    limits.hit(Limit.FILTERS_PER_ROOM, "room " + room.value());
    if (!limits.isDryRun()) {
      throw JoinLimitReached.ofFilters(most);
    }
  }

  /**
   * Adds a tail.
   *
   * @throws JoinLimitReached if the room may not have another filter; nothing is added then
   */
  synchronized void hold(RoomName room, TagFilter filter) throws JoinLimitReached {
    requirePlace(room, filter);
    holds.computeIfAbsent(room, name -> new HashMap<>()).merge(filter, 1, Integer::sum);
  }

  /** Removes a tail that was added. */
  synchronized void release(RoomName room, TagFilter filter) {
    holds.computeIfPresent(
        room,
        (name, filters) -> {
          filters.computeIfPresent(filter, (one, count) -> count == 1 ? null : count - 1);
          return filters.isEmpty() ? null : filters;
        });
  }

  /** Returns the number of different filters in a room. */
  synchronized int count(RoomName room) {
    return holds.getOrDefault(room, Map.of()).size();
  }
}
