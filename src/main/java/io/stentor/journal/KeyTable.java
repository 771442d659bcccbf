package io.stentor.journal;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The keys that have a state, in the order of their newest BASE records. A file is needed as long
 * as it has the BASE of a key. Since the oldest file is always the first to be deleted, an END
 * outlives all records of its key that are before it. One thread at a time.
 */
final class KeyTable {

  /** Time after which an owner that did not write a BASE is asked again. */
  private static final long PATIENCE_NANOS = 5_000_000_000L;

  private static final class State {
    final long segment;
    final int bytes;
    long stepBytes;
    boolean asked;
    long askedNanos;

    State(long segment, int bytes) {
      this.segment = segment;
      this.bytes = bytes;
    }
  }

  /** In the order of their files: an entry is removed and added again with each BASE. */
  private final Map<String, State> bases = new LinkedHashMap<>();

  private long liveBytes;

  /**
   * Takes note of a record.
   *
   * @param segment number of the file that it is in
   * @param bytes its size
   */
  void apply(byte kind, String key, long segment, int bytes) {
    switch (kind) {
      case RecordFormat.STEP -> {
        bases.computeIfAbsent(key, unknown -> new State(segment, 0)).stepBytes += bytes;
      }
      case RecordFormat.BASE -> {
        remove(key);
        bases.put(key, new State(segment, bytes));
        liveBytes += bytes;
      }
      case RecordFormat.END -> remove(key);
      default -> throw new IllegalArgumentException("kind " + kind);
    }
  }

  private void remove(String key) {
    State base = bases.remove(key);
    if (base != null) {
      liveBytes -= base.bytes;
    }
  }

  int size() {
    return bases.size();
  }

  /** Returns the size of all newest BASE records: about what the keys need if written anew. */
  long liveBytes() {
    return liveBytes;
  }

  /** Returns the size of the records that a BASE or END of a key replaces. */
  long bytes(String key) {
    State base = bases.get(key);
    return base == null ? 0 : base.bytes + base.stepBytes;
  }

  /** Returns the number of the oldest file that has the BASE of a key. */
  long oldestNeeded(long ifNone) {
    return bases.isEmpty() ? ifNone : bases.values().iterator().next().segment;
  }

  /**
   * Asks for new BASE records of keys whose BASE is in a file before this one.
   *
   * @param limit largest number of keys that may be awaited
   */
  void ask(long before, int limit, long nowNanos, Consumer<String> rewrite) {
    int awaited = 0;
    for (Map.Entry<String, State> entry : bases.entrySet()) {
      State base = entry.getValue();
      if (base.segment >= before || awaited == limit) {
        return;
      }
      awaited++;
      if (!base.asked || nowNanos - base.askedNanos > PATIENCE_NANOS) {
        base.asked = true;
        base.askedNanos = nowNanos;
        rewrite.accept(entry.getKey());
      }
    }
  }
}
