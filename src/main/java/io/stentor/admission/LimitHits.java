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
 * Counts who met which limit, and says so in the log: once in ten seconds for each limit, with how
 * often it was. Any thread.
 */
public final class LimitHits {
  private static final Logger LOG = LoggerFactory.getLogger(LimitHits.class);
  private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(10);

  private static final long FORWARDING_QUIET_NANOS = TimeUnit.MINUTES.toNanos(10);
  private static final long NEVER = Long.MIN_VALUE;

  private static final class Met {
    final LongAdder count = new LongAdder();
    final AtomicLong told = new AtomicLong();
    final AtomicLong toldNanos = new AtomicLong();
  }

  private final Map<Limit, Met> all = new EnumMap<>(Limit.class);
  private final AtomicLong forwardingNanos = new AtomicLong(NEVER);
  private final LongSupplier nanoTime;
  private final BooleanSupplier dryRun;

  LimitHits(LongSupplier nanoTime, BooleanSupplier dryRun) {
    this.nanoTime = nanoTime;
    this.dryRun = dryRun;
    for (Limit limit : Limit.values()) {
      all.put(limit, new Met());
    }
  }

  /**
   * A peer that is no trusted proxy has met a limit for one address, and speaks for others. Writes
   * that to the log, at most once in ten minutes.
   */
  public void forwarding(Limit limit, String header, String peer) {
    long now = nanoTime.getAsLong();
    long last = forwardingNanos.get();
    if ((last == NEVER || now - last > FORWARDING_QUIET_NANOS)
        && forwardingNanos.compareAndSet(last, now)) {
      LOG.warn(
          "{} met the limit {} and sends {}: if it is your proxy, name it in limits.trustedProxies",
          peer,
          limit.label(),
          header);
    }
  }

  private Met of(Limit limit) {
    return Objects.requireNonNull(all.get(limit));
  }

  /** How often a limit was met. */
  public long count(Limit limit) {
    return of(limit).count.sum();
  }

  /**
   * Counts a limit that was met.
   *
   * @param allowed what it allows
   * @param who for people
   */
  public void add(Limit limit, int allowed, String who) {
    Met met = of(limit);
    met.count.increment();
    long now = nanoTime.getAsLong();
    long last = met.toldNanos.get();
    boolean first = met.told.get() == 0;
    if ((first || now - last > QUIET_NANOS) && met.toldNanos.compareAndSet(last, now)) {
      long sum = Math.max(1, met.count.sum());
      long since = sum - met.told.getAndSet(sum);
      String what = dryRun.getAsBoolean() ? "would have been met" : "was met";
      LOG.warn("limit {}: {} {}, {} times, last by {}", limit.label(), allowed, what, since, who);
    }
  }
}
