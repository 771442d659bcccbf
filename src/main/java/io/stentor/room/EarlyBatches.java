package io.stentor.room;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Batches of one room that came before their turn: usually an earlier one, of another node, is only
 * a moment behind. What is over the limit is not kept; the log still has it.
 */
final class EarlyBatches {

  static final int MAX_BYTES = 1024 * 1024;

  private final TreeMap<Long, Broadcast> byFirst = new TreeMap<>();
  private long bytes;

  boolean isEmpty() {
    return byFirst.isEmpty();
  }

  void add(Broadcast batch) {
    long more = batch.bytes();
    if (bytes + more <= MAX_BYTES && byFirst.putIfAbsent(batch.first(), batch) == null) {
      bytes += more;
    }
  }

  /**
   * Takes out the first batch of the epoch that begins at or before the offset, and forgets those
   * of other epochs that stand before it; null if none is due.
   */
  @Nullable Broadcast pollDue(long epoch, long offset) {
    Map.Entry<Long, Broadcast> first = byFirst.firstEntry();
    while (first != null) {
      Broadcast batch = first.getValue();
      if (batch.epoch() == epoch && batch.first() > offset) {
        return null;
      }
      byFirst.pollFirstEntry();
      bytes -= batch.bytes();
      if (batch.epoch() == epoch) {
        return batch;
      }
      first = byFirst.firstEntry();
    }
    return null;
  }
}
