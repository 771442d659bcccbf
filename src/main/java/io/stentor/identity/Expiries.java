package io.stentor.identity;

import io.netty.channel.EventLoop;
import io.stentor.timer.TimerWheel;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * When the tokens of the connections of one event loop end. One tick a second looks after all of
 * them. Belongs to that loop.
 */
public final class Expiries {

  /** A token's end; to be given back when the connection is closed before. */
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
   * @param suspended whether nothing ends for now ({@code identity.insecure}); what is due ends as
   *     soon as this turns false
   * @param nowSeconds the clock, in seconds since 1970
   */
  public Expiries(IntSupplier graceSeconds, BooleanSupplier suspended, LongSupplier nowSeconds) {
    this.graceSeconds = graceSeconds;
    this.suspended = suspended;
    this.nowSeconds = nowSeconds;
  }

  /** Looks after all of them from now on. */
  public void start(EventLoop loop) {
    TimerWheel wheel = TimerWheel.of(loop);
    wheel.every(1000, this::everySecond);
    wheel.onStandstill(millis -> hold());
  }

  /**
   * Runs something once a token has ended.
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

  /** Forgets a term; null, or one that is over, is no matter. */
  public void remove(@Nullable Term term) {
    if (term != null) {
      terms.remove(term);
    }
  }

  /** The time that counts, in seconds since 1970. */
  public long nowSeconds() {
    return nowSeconds.getAsLong();
  }

  /** Whether nothing ends for now. */
  public boolean isSuspended() {
    return suspended.getAsBoolean();
  }

  /** How many wait. */
  public int size() {
    return terms.size();
  }

  /**
   * Runs nothing for one grace: the process stood still, and who has a new token must be given as
   * long as ever to show it.
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
