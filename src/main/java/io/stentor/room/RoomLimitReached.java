package io.stentor.room;

/** This node has as many rooms as {@code limits.rooms} allows, and the room is none of them. */
public final class RoomLimitReached extends Exception {
  private static final long serialVersionUID = 1;

  private final int allowed;

  RoomLimitReached(int allowed) {
    super("this node has " + allowed + " rooms, and takes no more", null, false, false);
    this.allowed = allowed;
  }

  /** How many rooms a node may have. */
  public int allowed() {
    return allowed;
  }
}
