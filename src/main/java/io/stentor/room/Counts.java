package io.stentor.room;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/** Counters of all rooms of this node since it started. Lock-free; any thread. */
public final class Counts {

  /** The counters. */
  public enum Count {
    /** Publications that this node appended. */
    PUBLISHED,
    /** Bytes of the publications that this node appended. */
    PUBLISHED_BYTES,
    /** Publications written to connections, once for each connection. */
    DELIVERED,
    /** Encoded bytes of publications written to connections, once for each connection. */
    DELIVERED_BYTES,
    /** Publications that the event bus did not deliver in time and that were read from the log. */
    REPAIRED,
    /** Duplicate publications from the event bus. */
    REPEATED,
    /** Times that a feed lost continuity and notified its cursors. */
    LOST,
    /** Times that a cursor resumed at its previous position. */
    RECOVERED,
    /** Times that a cursor could not resume at its previous position. */
    UNRECOVERABLE,
    /** Publications that were skipped for slow cursors. */
    SKIPPED,
    /** Connections closed because they read too slowly. */
    SLOW_DISCONNECTED,
    /** Times that a slow cursor started to miss publications under the skip rule. */
    SLOW_SKIPPING,
    /** Times that a slow cursor started to miss publications under the latest-only rule. */
    SLOW_LATEST,
    /**
     * Encoded bytes currently buffered in tails for slow connections. A gauge: it also decreases.
     */
    WAITING_BYTES,
    /** Publications that could not be appended. */
    REFUSED,
    /** Publications that were dropped because the log had the same or a newer version. */
    OUTDATED
  }

  /**
   * Receives timing measurements. Called on event loops, once per batch or turn and never once per
   * delivery. Must return immediately.
   */
  public interface Timings {

    /** Ignores all measurements. */
    Timings NONE =
        new Timings() {
          @Override
          public void appended(long nanos, int publications) {}

          @Override
          public void offered(long publishedMillis) {}
        };

    /**
     * A batch is in the log and on every replica.
     *
     * @param nanos time since the batch was first sent to the log, in nanoseconds
     */
    void appended(long nanos, int publications);

    /**
     * The publications of one turn were written to all connections of one room, loop and format
     * whose sockets accepted them.
     *
     * @param publishedMillis when a server received the first of these publications, in
     *     milliseconds since 1970
     */
    void offered(long publishedMillis);
  }

  private final Map<Count, LongAdder> sums = new EnumMap<>(Count.class);
  private final Timings timings;

  Counts(Timings timings) {
    this.timings = timings;
    for (Count what : Count.values()) {
      sums.put(what, new LongAdder());
    }
  }

  void add(Count what, long number) {
    Objects.requireNonNull(sums.get(what)).add(number);
  }

  /** Returns the receiver of timing measurements. */
  Timings timings() {
    return timings;
  }

  /** Returns the current value of a counter. */
  public long get(Count what) {
    return Objects.requireNonNull(sums.get(what)).sum();
  }
}
