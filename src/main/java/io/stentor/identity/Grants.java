package io.stentor.identity;

import io.stentor.config.RoomRules;
import io.stentor.message.RoomName;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** What tokens allow in which rooms. Immutable; any thread. */
public final class Grants {

  /** What a client may do in a room. */
  public enum Action {
    /** Receive new messages. */
    SUBSCRIBE,
    /** Publish. */
    PUBLISH,
    /** Read past messages, which includes resuming. */
    HISTORY,
    /** See the room's members, and who joins and leaves. */
    PRESENCE
  }

  /** Allows nothing. */
  public static final Grants NONE = new Grants(Map.of());

  private final Map<Action, List<String>> patterns;

  /**
   * Creates the grants of a token.
   *
   * @param patterns names of rooms in which {@code *} matches any characters
   */
  public Grants(Map<Action, List<String>> patterns) {
    this.patterns = new EnumMap<>(Action.class);
    patterns.forEach((action, list) -> this.patterns.put(action, List.copyOf(list)));
  }

  /** Returns whether this action is allowed in this room. */
  public boolean allow(Action action, RoomName room) {
    for (String pattern : patterns.getOrDefault(action, List.of())) {
      if (RoomRules.matches(pattern, room.value())) {
        return true;
      }
    }
    return false;
  }

  /** Returns a copy that allows the action in one more room. */
  Grants and(Action action, RoomName room) {
    Map<Action, List<String>> more = new EnumMap<>(Action.class);
    more.putAll(patterns);
    List<String> list = new ArrayList<>(more.getOrDefault(action, List.of()));
    list.add(room.value());
    more.put(action, list);
    return new Grants(more);
  }
}
