package io.stentor.room;

import java.util.concurrent.atomic.LongAdder;

/** What happened in all rooms of this node since it started. Any thread. */
public final class Counts {

  /** What is counted. */
  public enum Count {
    /** Publications that this node appended. */
    PUBLISHED,
    /** Publications written to connections, once for each connection. */
    DELIVERED,
    /** Publications that the event bus did not bring in time and that were read from the log. */
    REPAIRED,
    /** Publications that the event bus brought again. */
    REPEATED,
    /** Times that a feed could not go on where it was, and told its cursors so. */
    LOST,
    /** Publications left out for slow cursors. */
    SKIPPED,
    /** Connections closed because they read too slowly. */
    SLOW_DISCONNECTED,
    /** Publications that could not be appended. */
    REFUSED
  }

  private final LongAdder[] sums = new LongAdder[Count.values().length];

  Counts() {
    for (int i = 0; i < sums.length; i++) {
      sums[i] = new LongAdder();
    }
  }

  void add(Count what, long number) {
    sums[what.ordinal()].add(number);
  }

  /** How much there was of it. */
  public long get(Count what) {
    return sums[what.ordinal()].sum();
  }
}
