package io.stentor.room;

/**
 * How much is listened to on one node.
 *
 * @param rooms rooms that anybody is in, or was a moment ago
 * @param cursors connections' places in them: a connection in two rooms has two
 */
public record Load(int rooms, int cursors) {

  /** Nothing. */
  static final Load NONE = new Load(0, 0);

  Load plus(Load other) {
    return new Load(rooms + other.rooms, cursors + other.cursors);
  }
}
