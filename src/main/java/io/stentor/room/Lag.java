package io.stentor.room;

/**
 * How long a feed waits for the bus where the log no longer has what comes next: a room that is
 * busier than its log is long may be ahead of the bus by more than it keeps, and nothing is lost
 * yet. As long as the bus brings something, and a second more.
 */
final class Lag {

  static final long MILLIS = 1000;

  private long offset;
  private long sinceMillis;

  /** Whether the bus may still bring what has to come next. */
  boolean isBearable(long next, long nowMillis) {
    if (offset != next) {
      offset = next;
      sinceMillis = nowMillis;
    }
    return nowMillis - sinceMillis < MILLIS;
  }
}
