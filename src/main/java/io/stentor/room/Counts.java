package io.stentor.room;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/** What happened in all rooms of this node since it started. Any thread, and no lock. */
public final class Counts {

  /** What is counted. */
  public enum Count {
    /** Publications that this node appended. */
    PUBLISHED,
    /** Bytes of the publications that this node appended. */
    PUBLISHED_BYTES,
    /** Publications written to connections, once for each connection. */
    DELIVERED,
    /** Encoded bytes of publications written to connections, once for each connection. */
    DELIVERED_BYTES,
    /** Publications that the event bus did not bring in time and that were read from the log. */
    REPAIRED,
    /** Publications that the event bus brought again. */
    REPEATED,
    /** Times that a feed could not go on where it was, and told its cursors so. */
    LOST,
    /** Times that a cursor was placed where it had been. */
    RECOVERED,
    /** Times that a cursor could not be placed where it had been. */
    UNRECOVERABLE,
    /** Publications left out for slow cursors. */
    SKIPPED,
    /** Connections closed because they read too slowly. */
    SLOW_DISCONNECTED,
    /** Times that a slow cursor began to miss publications, where the rule is to skip. */
    SLOW_SKIPPING,
    /** Times that a slow cursor began to miss publications, where the rule is the latest. */
    SLOW_LATEST,
    /** Encoded bytes that wait in tails for slow connections; goes down, too. */
    WAITING_BYTES,
    /** Publications that could not be appended. */
    REFUSED
  }

  /**
   * Is told how long things take. Called on event loops, once for a batch or a turn and never once
   * for a delivery; must return at once.
   */
  public interface Timings {

    /** Wants to know nothing. */
    Timings NONE =
        new Timings() {
          @Override
          public void appended(long nanos, int publications) {}

          @Override
          public void offered(long publishedMillis) {}
        };

    /**
     * A batch is in the log and on every copy of it.
     *
     * @param nanos since it was first given to the log
     */
    void appended(long nanos, int publications);

    /**
     * All connections of one room, loop and format whose sockets took it were just given what one
     * turn brought.
     *
     * @param publishedMillis when a server took the first publication of it, since 1970
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

  /** Where times are told. */
  Timings timings() {
    return timings;
  }

  /** How much there was of it, or is. */
  public long get(Count what) {
    return Objects.requireNonNull(sums.get(what)).sum();
  }
}
