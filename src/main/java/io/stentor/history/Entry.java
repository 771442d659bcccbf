package io.stentor.history;

import io.stentor.message.Publication;

/**
 * A publication in a log and its name for good: who appended it, and its number among all of that
 * appender. Two logs that have an entry of the same name have the same publication.
 *
 * @param atMillis when it was appended, by the clock of the node that holds this log
 */
record Entry(long appender, long number, long atMillis, Publication publication) {
  boolean isSame(Entry other) {
    return appender == other.appender && number == other.number;
  }

  /** The same entry on a node whose clock is ahead by this. */
  Entry shifted(long millis) {
    return millis == 0 ? this : new Entry(appender, number, atMillis + millis, publication);
  }
}
