package io.stentor.torture;

import org.jspecify.annotations.Nullable;

/** What one client did or saw, in its own order. */
sealed interface Event {

  /**
   * It connected.
   *
   * @param since where it asked to go on; null where it had no place yet
   * @param nanos when, on the clock of {@link System#nanoTime()}
   */
  record Asked(@Nullable Place since, long nanos) implements Event {

    /** It connects now. */
    static Asked now(@Nullable Place since) {
      return new Asked(since, System.nanoTime());
    }
  }

  /** What the server can tell of a place. */
  enum Told {
    JOINED,
    RECOVERED,
    LOST
  }

  /**
   * The server told it where it stands: the next message has the next offset.
   *
   * @param told how it came there
   * @param at the place
   */
  record Placed(Told told, Place at) implements Event {}

  /**
   * A message came.
   *
   * @param at its place
   * @param text what was published
   * @param nanos when, on the clock of {@link System#nanoTime()}
   */
  record Heard(Place at, String text, long nanos) implements Event {}

  /**
   * A text that the client published was acknowledged with its place, other than by coming back to
   * it.
   */
  record Acknowledged(Place at, String text) implements Event {}

  /** The connection ended. */
  record Ended(int code, String reason) implements Event {}
}
