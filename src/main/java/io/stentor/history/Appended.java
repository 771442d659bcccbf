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
 * @param tooLarge which publications were not appended because they alone are more bytes than the
 *     log keeps, by their place in the batch
 */
public record Appended(
    long epoch,
    long first,
    Map<Integer, Long> known,
    Set<Integer> conflicting,
    Set<Integer> tooLarge) {

  public Appended {
    known = Map.copyOf(known);
    conflicting = Set.copyOf(conflicting);
    tooLarge = Set.copyOf(tooLarge);
  }

  /** Where nothing conflicts and everything fits. */
  public Appended(long epoch, long first, Map<Integer, Long> known) {
    this(epoch, first, known, Set.of(), Set.of());
  }

  /** Whether every publication of the batch was new. */
  public boolean isAllNew() {
    return known.isEmpty() && tooLarge.isEmpty();
  }

  /** Whether publication {@code index} of the batch was new. */
  public boolean isNew(int index) {
    return !known.containsKey(index) && !tooLarge.contains(index);
  }

  /** The offset of each of {@code count} publications, in their order; 0 for one that has none. */
  public List<Long> offsets(int count) {
    List<Long> offsets = new ArrayList<>(count);
    long next = first;
    for (int i = 0; i < count; i++) {
      Long before = known.get(i);
      offsets.add(before != null ? before : tooLarge.contains(i) ? 0 : next++);
    }
    return offsets;
  }
}
