package io.stentor.history;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Where the publications of a batch are in the log.
 *
 * @param epoch the log's epoch
 * @param first offset of the first publication that was new
 * @param known the offsets that publications already had because of their idempotency keys, by
 *     their place in the batch
 * @param conflicting which of those say something else than what is in the log under their key
 */
public record Appended(long epoch, long first, Map<Integer, Long> known, Set<Integer> conflicting) {

  public Appended {
    known = Map.copyOf(known);
    conflicting = Set.copyOf(conflicting);
  }

  /** Where nothing conflicts. */
  public Appended(long epoch, long first, Map<Integer, Long> known) {
    this(epoch, first, known, Set.of());
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
