package io.stentor.room;

import io.stentor.admission.Limit;
import io.stentor.message.CloseReason;

/**
 * A room cannot be joined, because this node has as many rooms as {@code limits.rooms} allows, or
 * the room has as many different filters on this node as {@code limits.filtersPerRoom} allows.
 */
public final class JoinLimitReached extends Exception {
  private static final long serialVersionUID = 1;

  private final Limit limit;
  private final int allowed;

  private JoinLimitReached(Limit limit, int allowed, String message) {
    super(message, null, false, false);
    this.limit = limit;
    this.allowed = allowed;
  }

  static JoinLimitReached ofRooms(int allowed) {
    return new JoinLimitReached(
        Limit.ROOMS, allowed, "this node has " + allowed + " rooms, and takes no more");
  }

  static JoinLimitReached ofFilters(int allowed) {
    return new JoinLimitReached(
        Limit.FILTERS_PER_ROOM,
        allowed,
        "this room has " + allowed + " different filters on this node, and takes no more");
  }

  /** Returns the limit that was reached. */
  public Limit limit() {
    return limit;
  }

  /** Returns the value of the limit. */
  public int allowed() {
    return allowed;
  }

  /** Returns the reason to close a connection with. */
  public CloseReason closeReason() {
    return limit == Limit.ROOMS ? CloseReason.TOO_MANY_ROOMS : CloseReason.TOO_MANY_FILTERS;
  }
}
