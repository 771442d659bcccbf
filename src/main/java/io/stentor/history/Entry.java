package io.stentor.history;

import io.stentor.message.Publication;

/**
 * A publication in a log and its permanent ID: the appender, and the number among all of that
 * appender's publications. Entries of two logs with the same ID are the same publication.
 *
 * @param atMillis when it was appended, by the clock of the node that holds this log
 */
record Entry(long appender, long number, long atMillis, Publication publication) {
  boolean isSame(Entry other) {
    return appender == other.appender && number == other.number;
  }

  /** Returns this entry for a node whose clock is ahead by this many milliseconds. */
  Entry shifted(long millis) {
    return millis == 0 ? this : new Entry(appender, number, atMillis + millis, publication);
  }
}
