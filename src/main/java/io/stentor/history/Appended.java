package io.stentor.history;

import org.jspecify.annotations.Nullable;

/**
 * Where the publications of a batch are in the log.
 *
 * @param epoch the log's epoch
 * @param first offset of the first publication that was new
 * @param known for each publication the offset that it already had because of its idempotency key,
 *     0 if it was new; null if all were new
 */
public record Appended(long epoch, long first, long @Nullable [] known) {

  /** The offset of each of {@code count} publications, in their order. */
  public long[] offsets(int count) {
    long[] offsets = new long[count];
    long next = first;
    for (int i = 0; i < count; i++) {
      offsets[i] = known != null && known[i] > 0 ? known[i] : next++;
    }
    return offsets;
  }

  /** Whether publication {@code index} of the batch was new. */
  public boolean isNew(int index) {
    return known == null || known[index] == 0;
  }
}
