package io.stentor.room;

import io.stentor.message.Position;

/**
 * A notification to a client about its cursor's position.
 *
 * @param position the cursor's position; the next message has the next offset
 * @param kind what happened
 * @param skipped number of messages that were skipped; 0 if none or unknown
 */
public record Notice(Position position, Kind kind, long skipped) {

  /** What happened to the cursor. */
  public enum Kind {
    /** It was placed at the end of the log, or a number of messages before the end. */
    JOINED,
    /** It resumed at its previous position. All publications since then follow. */
    RECOVERED,
    /**
     * It could not resume at its previous position, or continuity was lost. Messages are missing.
     */
    LOST,
    /** It read too slowly and some messages were skipped. */
    SKIPPED
  }

  /** Returns whether the cursor missed no messages. */
  public boolean isGood() {
    return kind == Kind.JOINED || kind == Kind.RECOVERED;
  }
}
