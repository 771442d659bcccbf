package io.stentor.health;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * How late one event loop is: how much after its time a task of every {@link #TICK_MILLIS} runs.
 * {@link #tick} belongs to the loop; any thread reads.
 */
public final class LoopLag {

  public static final int TICK_MILLIS = 100;
  private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(TICK_MILLIS);

  /** The largest lag of the last one to two of these is remembered. */
  private static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final LongSupplier nanoTime;
  private volatile long dueNanos;
  private volatile long lastNanos;
  private volatile long largestNanos;
  private volatile long largestBeforeNanos;
  private long windowEndNanos;

  public LoopLag(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    long now = nanoTime.getAsLong();
    dueNanos = now + TICK_NANOS;
    windowEndNanos = now + WINDOW_NANOS;
  }

  /** To be called {@link #TICK_MILLIS} after the last call returned. */
  public void tick() {
    long now = nanoTime.getAsLong();
    long lag = Math.max(0, now - dueNanos);
    if (now - windowEndNanos >= 0) {
      largestBeforeNanos = largestNanos;
      largestNanos = 0;
      windowEndNanos = now + WINDOW_NANOS;
    }
    largestNanos = Math.max(largestNanos, lag);
    lastNanos = lag;
    dueNanos = now + TICK_NANOS;
  }

  /** The lag now: of the last tick, or of the one that should have been. */
  long nanos() {
    return Math.max(lastNanos, nanoTime.getAsLong() - dueNanos);
  }

  /** The largest lag of the last ten to twenty seconds. */
  long recentNanos() {
    return Math.max(nanos(), Math.max(largestNanos, largestBeforeNanos));
  }
}
