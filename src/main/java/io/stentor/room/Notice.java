package io.stentor.room;

import io.stentor.message.Position;

/**
 * What a cursor is told about its own place, apart from the messages.
 *
 * @param position the cursor's place: the next message has the next offset
 * @param kind what happened
 * @param skipped how many messages were left out; 0 where none or not known
 */
public record Notice(Position position, Kind kind, long skipped) {

  /** What happened to the cursor. */
  public enum Kind {
    /** It was placed at the end of the log, or a number of messages before. */
    JOINED,
    /** It was placed where it had been: everything since then follows. */
    RECOVERED,
    /** It could not be placed where it had been; messages are lost to it. */
    LOST,
    /** It read too slowly and some messages were left out. */
    SKIPPED
  }

  /** Whether nothing is lost to the cursor. */
  public boolean isGood() {
    return kind == Kind.JOINED || kind == Kind.RECOVERED;
  }
}
