package io.stentor.history;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The positions of a batch's publications in the log.
 *
 * @param epoch the log's epoch
 * @param first offset of the first new publication
 * @param known offsets of publications that were not appended because the log has them already: by
 *     their idempotency keys, or, with the offset of the newest publication, by their versions. By
 *     index in the batch
 * @param conflicting indices of those whose content differs from the publication in the log with
 *     the same key
 * @param outdated indices of those that were dropped because the log had the same or a newer
 *     version
 * @param tooLarge indices of publications that were not appended because each of them exceeds the
 *     log's size limit in bytes
 */
public record Appended(
    long epoch,
    long first,
    Map<Integer, Long> known,
    Set<Integer> conflicting,
    Set<Integer> outdated,
    Set<Integer> tooLarge) {

  public Appended {
    known = Map.copyOf(known);
    conflicting = Set.copyOf(conflicting);
    outdated = Set.copyOf(outdated);
    tooLarge = Set.copyOf(tooLarge);
  }

  /** Creates a result without conflicts, outdated or oversized publications. */
  public Appended(long epoch, long first, Map<Integer, Long> known) {
    this(epoch, first, known, Set.of(), Set.of(), Set.of());
  }

  /**
   * Returns the offset of the last publication in the log directly after the batch was appended.
   *
   * @param count number of publications in the batch
   */
  public long last(int count) {
    return first + count - known.size() - tooLarge.size() - 1;
  }

  /** Returns whether every publication of the batch was new. */
  public boolean isAllNew() {
    return known.isEmpty() && tooLarge.isEmpty();
  }

  /** Returns whether publication {@code index} of the batch was new. */
  public boolean isNew(int index) {
    return !known.containsKey(index) && !tooLarge.contains(index);
  }

  /**
   * Returns the offset of each of the batch's {@code count} publications, in their order; 0 for a
   * publication that was not appended.
   */
  public List<Long> offsets(int count) {
    List<Long> offsets = new ArrayList<>(count);
    long next = first;
    for (int i = 0; i < count; i++) {
      Long before = known.get(i);
      offsets.add(before != null ? before : tooLarge.contains(i) ? 0 : next++);
    }
    return offsets;
  }

  /**
   * The result of an append, remembered in case the appender retries.
   *
   * @param number the batch number
   * @param count number of publications in the batch
   */
  public record Answer(long number, int count, Appended appended) {

    /** Returns the same result for a branch with another epoch, which has the same offsets. */
    Answer in(long epoch) {
      return new Answer(
          number,
          count,
          new Appended(
              epoch,
              appended.first(),
              appended.known(),
              appended.conflicting(),
              appended.outdated(),
              appended.tooLarge()));
    }

    /**
     * Returns the offset of the last publication in the log directly after the batch was appended.
     */
    long end() {
      return appended.last(count);
    }
  }
}
