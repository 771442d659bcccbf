package io.stentor.room;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
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

  private final Map<Count, LongAdder> sums = new EnumMap<>(Count.class);

  Counts() {
    for (Count what : Count.values()) {
      sums.put(what, new LongAdder());
    }
  }

  void add(Count what, long number) {
    Objects.requireNonNull(sums.get(what)).add(number);
  }

  /** How much there was of it. */
  public long get(Count what) {
    return Objects.requireNonNull(sums.get(what)).sum();
  }
}
