package io.stentor.room;

import io.stentor.limits.Limit;
import io.stentor.limits.Limits;
import io.stentor.message.RoomName;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The rooms of this node that somebody is in, or was a moment ago. Any thread. */
final class RoomsInUse {
  private final Limits limits;
  private final Set<RoomName> names = ConcurrentHashMap.newKeySet();

  RoomsInUse(Limits limits) {
    this.limits = limits;
  }

  /** Whether the room may be entered; rooms that somebody is in always may. */
  boolean hasPlace(RoomName name) {
    int most = limits.options().rooms();
    if (most == 0 || names.size() < most || names.contains(name)) {
      return true;
    }
    limits.met(Limit.ROOMS, "room " + name.value());
    return limits.isDryRun();
  }

  void add(RoomName name) {
    names.add(name);
  }

  void remove(RoomName name) {
    names.remove(name);
  }
}
