package io.stentor.bench;

/**
 * Counts of values from 0 to {@code Long.MAX_VALUE} in buckets that are at most 1/64 of their value
 * wide. One thread.
 */
final class Histogram {
  private static final int STEP_BITS = 6;
  private static final int STEPS = 1 << STEP_BITS;

  private final long[] counts = new long[(64 - STEP_BITS + 1) * STEPS];
  private long total;
  private long max;

  void add(long value) {
    long positive = Math.max(0, value);
    counts[bucket(positive)]++;
    total++;
    max = Math.max(max, positive);
  }

  /** The least value that {@code share} (0 to 1) of all values do not exceed; 0 when empty. */
  long quantile(double share) {
    long wanted = (long) Math.ceil(share * total);
    long seen = 0;
    for (int i = 0; i < counts.length; i++) {
      seen += counts[i];
      if (seen >= wanted && seen > 0) {
        return Math.min(max, highest(i));
      }
    }
    return max;
  }

  long max() {
    return max;
  }

  long total() {
    return total;
  }

  private static int bucket(long value) {
    int shift = Math.max(0, Long.SIZE - STEP_BITS - 1 - Long.numberOfLeadingZeros(value));
    return shift * STEPS + (int) (value >>> shift);
  }

  private static long highest(int bucket) {
    int shift = Math.max(0, bucket / STEPS - 1);
    return ((long) (bucket - shift * STEPS + 1) << shift) - 1;
  }
}
