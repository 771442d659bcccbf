package io.stentor.history;

import io.stentor.message.Publication;

/**
 * A publication in a log and its name for good: who appended it, and its number among all of that
 * appender. Two logs that have an entry of the same name have the same publication.
 */
record Entry(long appender, long number, Publication publication) {
  boolean isSame(Entry other) {
    return appender == other.appender && number == other.number;
  }
}
