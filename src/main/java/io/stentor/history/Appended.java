package io.stentor.history;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Where the publications of a batch are in the log.
 *
 * @param epoch the log's epoch
 * @param first offset of the first publication that was new
 * @param known the offsets that publications already had because of their idempotency keys, by
 *     their place in the batch
 */
public record Appended(long epoch, long first, Map<Integer, Long> known) {

  public Appended {
    known = Map.copyOf(known);
  }

  /** Whether publication {@code index} of the batch was new. */
  public boolean isNew(int index) {
    return !known.containsKey(index);
  }

  /** The offset of each of {@code count} publications, in their order. */
  public List<Long> offsets(int count) {
    List<Long> offsets = new ArrayList<>(count);
    long next = first;
    for (int i = 0; i < count; i++) {
      Long before = known.get(i);
      offsets.add(before != null ? before : next++);
    }
    return offsets;
  }
}
