package io.stentor.room;

/**
 * This node already has as many rooms as {@code limits.rooms} allows, and the requested room is not
 * one of them.
 */
public final class RoomLimitReached extends Exception {
  private static final long serialVersionUID = 1;

  private final int allowed;

  RoomLimitReached(int allowed) {
    super("this node has " + allowed + " rooms, and takes no more", null, false, false);
    this.allowed = allowed;
  }

  /** Returns the maximum number of rooms of a node. */
  public int allowed() {
    return allowed;
  }
}
