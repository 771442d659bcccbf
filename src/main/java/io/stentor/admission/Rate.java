package io.stentor.admission;

import java.util.concurrent.atomic.AtomicLong;

/**
 * So many a second, and some seconds' worth at once: a bucket of tokens that fills evenly. How many
 * is said each time, since it may change. Any thread, no lock.
 */
public final class Rate {

  /*
   * Instead of tokens, the time is kept at which the bucket will be full again. A taken token moves
   * it on by one interval; it is empty when that time is further ahead than the burst.
   */

  private static final long NANOS = 1_000_000_000;

  private final long burstNanos;
  private final AtomicLong fullAt;

  /**
   * A full bucket.
   *
   * @param burstSeconds how many seconds' worth may be taken at once, at least 1
   * @param nowNanos of a clock that never goes back
   */
  public Rate(int burstSeconds, long nowNanos) {
    burstNanos = burstSeconds * NANOS;
    fullAt = new AtomicLong(nowNanos);
  }

  /**
   * Takes some, even where there are none left.
   *
   * @param perSecond how many a second; 0 for no limit
   * @return after how many nanoseconds there will be no debt; 0 where there is none
   */
  public long take(int number, int perSecond, long nowNanos) {
    if (perSecond == 0) {
      return 0;
    }
    long takes = number * interval(perSecond);
    long taken = fullAt.updateAndGet(at -> nowNanos + Math.max(0, at - nowNanos) + takes);
    return Math.max(0, taken - nowNanos - burstNanos);
  }

  /**
   * Takes some if there are so many.
   *
   * @param perSecond how many a second; 0 for no limit
   * @return 0 where they were taken; else after how many nanoseconds they could be
   */
  public long tryTake(int number, int perSecond, long nowNanos) {
    if (perSecond == 0) {
      return 0;
    }
    long interval = interval(perSecond);
    return tryTake(number * interval, number * interval, nowNanos);
  }

  /**
   * Takes some if there is one at least; the others are owed.
   *
   * @param perSecond how many a second; 0 for no limit
   * @return 0 where they were taken; else after how many nanoseconds they could be
   */
  public long tryTakeFrom(int number, int perSecond, long nowNanos) {
    if (perSecond == 0) {
      return 0;
    }
    long interval = interval(perSecond);
    return tryTake(interval, number * interval, nowNanos);
  }

  private long tryTake(long needs, long takes, long nowNanos) {
    while (true) {
      long at = fullAt.get();
      long used = Math.max(0, at - nowNanos);
      long missing = used + needs - burstNanos;
      if (missing > 0) {
        return missing;
      }
      if (fullAt.compareAndSet(at, nowNanos + used + takes)) {
        return 0;
      }
    }
  }

  private static long interval(int perSecond) {
    return Math.max(1, NANOS / perSecond);
  }

  /** Whether nothing was taken that has not come back, so that it may be forgotten. */
  public boolean isFull(long nowNanos) {
    return fullAt.get() - nowNanos <= 0;
  }
}
