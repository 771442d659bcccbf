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

  /** The expiry of one token; to be removed if the connection closes before. */
  public static final class Term implements Comparable<Term> {
    private final long atSeconds;
    private final long number;
    private final Runnable over;

    private Term(long atSeconds, long number, Runnable over) {
      this.atSeconds = atSeconds;
      this.number = number;
      this.over = over;
    }

    @Override
    public int compareTo(Term other) {
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

  private final TreeSet<Term> terms = new TreeSet<>();
  private final IntSupplier graceSeconds;
  private final BooleanSupplier suspended;
  private final LongSupplier nowSeconds;
  private long next;
  private long heldUntil;

  /**
   * Creates an empty schedule.
   *
   * @param graceSeconds how long a token is still accepted after its end
   * @param suspended whether expiry is suspended ({@code identity.insecure}); what is due ends as
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
    wheel.onStandstill(millis -> hold());
  }

  /**
   * Runs a task once a token has ended.
   *
   * @param atSeconds its end in seconds since 1970; 0 for never
   * @return null for never
   */
  public @Nullable Term add(long atSeconds, Runnable over) {
    if (atSeconds == 0) {
      return null;
    }
    Term term = new Term(atSeconds, next++, over);
    terms.add(term);
    return term;
  }

  /** Removes a term; no-op for null and for one that has ended. */
  public void remove(@Nullable Term term) {
    if (term != null) {
      terms.remove(term);
    }
  }

  /** The current time in seconds since 1970. */
  public long nowSeconds() {
    return nowSeconds.getAsLong();
  }

  /** Whether expiry is suspended. */
  public boolean isSuspended() {
    return suspended.getAsBoolean();
  }

  /** Number of pending terms. */
  public int size() {
    return terms.size();
  }

  /**
   * Suspends expiry for one grace period: the process stood still, and clients must have the usual
   * time to send a new token.
   */
  void hold() {
    heldUntil = nowSeconds.getAsLong() + graceSeconds.getAsInt();
  }

  /** Runs what is due. For {@link #start}, and for tests that move the time. */
  public void everySecond() {
    long now = nowSeconds.getAsLong();
    if (isSuspended() || now < heldUntil) {
      return;
    }
    long last = now - graceSeconds.getAsInt();
    while (!terms.isEmpty() && terms.first().atSeconds <= last) {
      terms.pollFirst().over.run();
    }
  }
}
