package io.stentor.identity;

import io.netty.channel.EventLoop;
import io.stentor.timer.TimerWheel;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The expiry of the tokens of an event loop's connections, checked once a second. Belongs to that
 * loop.
 */
public final class Expiries {

  /** The expiry of one token. Must be removed if the connection closes earlier. */
  public static final class ScheduledExpiry implements Comparable<ScheduledExpiry> {
    private final long atSeconds;
    private final long number;
    private final Runnable onExpired;

    private ScheduledExpiry(long atSeconds, long number, Runnable onExpired) {
      this.atSeconds = atSeconds;
      this.number = number;
      this.onExpired = onExpired;
    }

    @Override
    public int compareTo(ScheduledExpiry other) {
      int byTime = Long.compare(atSeconds, other.atSeconds);
      return byTime != 0 ? byTime : Long.compare(number, other.number);
    }

    @Override
    public boolean equals(Object other) {
      return this == other;
    }

    @Override
    public int hashCode() {
      return Long.hashCode(number);
    }
  }

  private final TreeSet<ScheduledExpiry> scheduled = new TreeSet<>();
  private final IntSupplier graceSeconds;
  private final BooleanSupplier suspended;
  private final LongSupplier nowSeconds;
  private long next;
  private long postponedUntil;

  /**
   * Creates an empty schedule.
   *
   * @param graceSeconds how long a token is still accepted after it expired
   * @param suspended whether expiry is suspended ({@code identity.insecure}); what is due runs as
   *     soon as this turns false
   * @param nowSeconds the clock, in seconds since 1970
   */
  public Expiries(IntSupplier graceSeconds, BooleanSupplier suspended, LongSupplier nowSeconds) {
    this.graceSeconds = graceSeconds;
    this.suspended = suspended;
    this.nowSeconds = nowSeconds;
  }

  /** Starts the checks. */
  public void start(EventLoop loop) {
    TimerWheel wheel = TimerWheel.of(loop);
    wheel.every(1000, this::everySecond);
    wheel.onStandstill(millis -> postpone());
  }

  /**
   * Runs a task once a token has expired and the grace period is over.
   *
   * @param atSeconds when the token expires, in seconds since 1970; 0 for never
   * @return null for never
   */
  public @Nullable ScheduledExpiry add(long atSeconds, Runnable onExpired) {
    if (atSeconds == 0) {
      return null;
    }
    ScheduledExpiry expiry = new ScheduledExpiry(atSeconds, next++, onExpired);
    scheduled.add(expiry);
    return expiry;
  }

  /** Removes an expiry; no-op for null and for one that has run. */
  public void remove(@Nullable ScheduledExpiry expiry) {
    if (expiry != null) {
      scheduled.remove(expiry);
    }
  }

  /** Returns the current time in seconds since 1970. */
  public long nowSeconds() {
    return nowSeconds.getAsLong();
  }

  /** Returns whether expiry is suspended. */
  public boolean isSuspended() {
    return suspended.getAsBoolean();
  }

  /** Returns the number of scheduled expiries. */
  public int size() {
    return scheduled.size();
  }

  /**
   * Postpones what is due by one grace period: the process stood still, and clients must have the
   * usual time to send a new token.
   */
  void postpone() {
    postponedUntil = nowSeconds.getAsLong() + graceSeconds.getAsInt();
  }

  /** Runs what is due. For {@link #start}, and for tests that move the time. */
  public void everySecond() {
    long now = nowSeconds.getAsLong();
    if (isSuspended() || now < postponedUntil) {
      return;
    }
    long last = now - graceSeconds.getAsInt();
    while (!scheduled.isEmpty() && scheduled.first().atSeconds <= last) {
      scheduled.pollFirst().onExpired.run();
    }
  }
}
