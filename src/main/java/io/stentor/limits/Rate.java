package io.stentor.limits;

import java.util.concurrent.atomic.AtomicLong;

/**
 * So many a second, and some seconds' worth at once: a bucket of tokens that fills evenly. Any
 * thread, no lock.
 */
public final class Rate {

  /*
   * Instead of tokens, the time is kept at which the bucket will be full again. A taken token moves
   * it on by one interval; it is empty when that time is further ahead than the burst.
   */

  private static final long NANOS = 1_000_000_000;

  private final long intervalNanos;
  private final long burstNanos;
  private final AtomicLong fullAt;

  /**
   * A full bucket.
   *
   * @param perSecond how many a second, at least 1
   * @param burstSeconds how many seconds' worth may be taken at once, at least 1
   * @param nowNanos of a clock that never goes back
   */
  public Rate(int perSecond, int burstSeconds, long nowNanos) {
    intervalNanos = Math.max(1, NANOS / perSecond);
    burstNanos = burstSeconds * NANOS;
    fullAt = new AtomicLong(nowNanos);
  }

  /**
   * Takes some, even where there are none left.
   *
   * @return after how many nanoseconds there will be no debt; 0 where there is none
   */
  public long take(int number, long nowNanos) {
    long taken =
        fullAt.updateAndGet(at -> nowNanos + Math.max(0, at - nowNanos) + number * intervalNanos);
    return Math.max(0, taken - nowNanos - burstNanos);
  }

  /**
   * Takes some if there are so many.
   *
   * @return 0 where they were taken; else after how many nanoseconds they could be
   */
  public long tryTake(int number, long nowNanos) {
    while (true) {
      long at = fullAt.get();
      long taken = nowNanos + Math.max(0, at - nowNanos) + number * intervalNanos;
      long missing = taken - nowNanos - burstNanos;
      if (missing > 0) {
        return missing;
      }
      if (fullAt.compareAndSet(at, taken)) {
        return 0;
      }
    }
  }

  /** Whether nothing was taken that has not come back, so that it may be forgotten. */
  public boolean isFull(long nowNanos) {
    return fullAt.get() - nowNanos <= 0;
  }
}
