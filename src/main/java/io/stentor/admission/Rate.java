package io.stentor.admission;

import java.util.concurrent.atomic.AtomicLong;

/**
 * A token bucket: allows a number of messages per second and a burst of some seconds' worth. The
 * number is an argument of each call, because it may change. Lock-free; any thread.
 */
public final class Rate {

  /*
   * The bucket stores the time at which it will be full again instead of a number of tokens. Taking
   * a token moves this time by one interval. The bucket is empty when the time is further ahead
   * than the burst.
   */

  private static final long NANOS = 1_000_000_000;

  private final long burstNanos;
  private final AtomicLong fullAt;

  /**
   * Creates a full bucket.
   *
   * @param burstSeconds the size of a burst in seconds of the rate, at least 1
   * @param nowNanos time of a monotonic clock
   */
  public Rate(int burstSeconds, long nowNanos) {
    burstNanos = burstSeconds * NANOS;
    fullAt = new AtomicLong(nowNanos);
  }

  /**
   * Takes tokens, even if there are not enough.
   *
   * @param perSecond the rate; 0 for no limit
   * @return the time until the debt is paid, in nanoseconds; 0 if there is none
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
   * Takes tokens if there are enough.
   *
   * @param perSecond the rate; 0 for no limit
   * @return 0 if they were taken; otherwise the time until they could be, in nanoseconds
   */
  public long tryTake(int number, int perSecond, long nowNanos) {
    if (perSecond == 0) {
      return 0;
    }
    long interval = interval(perSecond);
    return tryTake(number * interval, number * interval, nowNanos);
  }

  /**
   * Takes tokens if there is at least one; the others become a debt.
   *
   * @param perSecond the rate; 0 for no limit
   * @return 0 if they were taken; otherwise the time until they could be, in nanoseconds
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

  /** Returns whether the bucket is full, so that it need not be kept. */
  public boolean isFull(long nowNanos) {
    return fullAt.get() - nowNanos <= 0;
  }
}
