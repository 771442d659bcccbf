package io.stentor.metrics;

import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.distribution.CountAtBucket;
import io.micrometer.core.instrument.distribution.HistogramSnapshot;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Quantiles of the durations recorded since the previous call, estimated from the buckets of a
 * timer. Durations are assumed to be spread evenly within a bucket. Must be used by one thread
 * only.
 */
public final class RecentTimes {

  /** The median and the 99th percentile, in milliseconds. */
  public record Quantiles(double p50Millis, double p99Millis) {}

  private final Timer timer;
  private long[] before = {};
  private long allBefore;

  /** Creates a reader of durations that are recorded from now on. */
  public RecentTimes(Timer timer) {
    this.timer = timer;
    look();
  }

  /** Returns the quantiles since the previous call, or null if nothing was recorded. */
  @Nullable
  public Quantiles look() {
    HistogramSnapshot snapshot = timer.takeSnapshot();
    CountAtBucket[] buckets = snapshot.histogramCounts();
    long[] counts = new long[buckets.length];
    long[] since = new long[buckets.length];
    for (int i = 0; i < buckets.length; i++) {
      counts[i] = (long) buckets[i].count();
      since[i] = counts[i] - (i < before.length ? before[i] : 0);
    }
    before = counts;
    long all = snapshot.count() - allBefore;
    allBefore = snapshot.count();
    return all <= 0
        ? null
        : new Quantiles(millis(buckets, since, 0.5 * all), millis(buckets, since, 0.99 * all));
  }

  /** Returns the duration at a rank. Durations beyond the last bucket count as its upper bound. */
  private static double millis(CountAtBucket[] buckets, long[] upTo, double rank) {
    double from = 0;
    long below = 0;
    for (int i = 0; i < buckets.length; i++) {
      double to = buckets[i].bucket(TimeUnit.MICROSECONDS) / 1000.0;
      if (Double.isInfinite(buckets[i].bucket())) {
        return from;
      }
      if (upTo[i] >= rank) {
        return from + (to - from) * (rank - below) / Math.max(1, upTo[i] - below);
      }
      from = to;
      below = upTo[i];
    }
    return from;
  }
}
