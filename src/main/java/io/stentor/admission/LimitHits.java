package io.stentor.admission;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts how often each limit was reached, and logs it at most once in ten seconds per limit. Any
 * thread.
 */
public final class LimitHits {
  private static final Logger LOG = LoggerFactory.getLogger(LimitHits.class);
  private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(10);

  private static final long FORWARDING_QUIET_NANOS = TimeUnit.MINUTES.toNanos(10);
  private static final long NEVER = Long.MIN_VALUE;

  /** The hits of one limit, how many of them were logged, and when. */
  private static final class Tally {
    final LongAdder count = new LongAdder();
    final AtomicLong logged = new AtomicLong();
    final AtomicLong loggedNanos = new AtomicLong();
  }

  private final Map<Limit, Tally> all = new EnumMap<>(Limit.class);
  private final AtomicLong forwardingNanos = new AtomicLong(NEVER);
  private final LongSupplier nanoTime;
  private final BooleanSupplier dryRun;

  LimitHits(LongSupplier nanoTime, BooleanSupplier dryRun) {
    this.nanoTime = nanoTime;
    this.dryRun = dryRun;
    for (Limit limit : Limit.values()) {
      all.put(limit, new Tally());
    }
  }

  /**
   * Warns of a peer that has reached a limit per address and reports client addresses, but is not a
   * trusted proxy. Logs at most once in ten minutes.
   */
  public void warnOfForwarding(Limit limit, String header, String peer) {
    long now = nanoTime.getAsLong();
    long last = forwardingNanos.get();
    if ((last == NEVER || now - last > FORWARDING_QUIET_NANOS)
        && forwardingNanos.compareAndSet(last, now)) {
      LOG.warn(
          "{} reached the limit {} and sends {}: if it is your proxy, name it in"
              + " limits.trustedProxies",
          peer,
          limit.label(),
          header);
    }
  }

  private Tally of(Limit limit) {
    return Objects.requireNonNull(all.get(limit));
  }

  /** Returns how often a limit was reached. */
  public long count(Limit limit) {
    return of(limit).count.sum();
  }

  /**
   * Counts that a limit was reached.
   *
   * @param allowed the value of the limit
   * @param who describes the client in log lines
   */
  public void add(Limit limit, int allowed, String who) {
    Tally tally = of(limit);
    tally.count.increment();
    long now = nanoTime.getAsLong();
    long last = tally.loggedNanos.get();
    boolean first = tally.logged.get() == 0;
    if ((first || now - last > QUIET_NANOS) && tally.loggedNanos.compareAndSet(last, now)) {
      long sum = Math.max(1, tally.count.sum());
      long since = sum - tally.logged.getAndSet(sum);
      String what = dryRun.getAsBoolean() ? "would have been reached" : "reached";
      LOG.warn("limit {} ({}) {} {} times, last by {}", limit.label(), allowed, what, since, who);
    }
  }
}
