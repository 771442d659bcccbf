package io.stentor.metrics;

import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.distribution.CountAtBucket;
import io.micrometer.core.instrument.distribution.HistogramSnapshot;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * How long things took since the last look, by the buckets of a timer: where a bucket holds the
 * quantile, its times are taken to be spread evenly in it. One thread.
 */
public final class RecentTimes {

  /**
   * Half of the times are shorter than the first, 99 of 100 shorter than the second, in
   * milliseconds.
   */
  public record Quantiles(double p50Millis, double p99Millis) {}

  private final Timer timer;
  private long[] before = {};
  private long allBefore;

  /** Begins with what the timer takes in from now on. */
  public RecentTimes(Timer timer) {
    this.timer = timer;
    look();
  }

  /** The times since the last look; null where there were none. */
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

  /** Where so many of the times are shorter. What no bucket holds counts as the largest bound. */
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
