package io.stentor.journal;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The keys that have a state, in the order of their newest BASE records. A file is needed as long
 * as it has the BASE of a key. Since the oldest file is always the first to be deleted, an END
 * outlives all records of its key that are before it. One thread at a time.
 */
final class KeyTable {

  /** Time after which an owner that did not write a BASE is asked again. */
  private static final long ASK_AGAIN_NANOS = 5_000_000_000L;

  private static final int MAX_AWAITED = 16;
  private static final long MAX_AWAITED_BYTES = 1 << 20;

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
  private final Map<String, State> states = new LinkedHashMap<>();

  private long liveBytes;

  /**
   * Applies a record.
   *
   * @param segment number of the file that it is in
   * @param bytes its size
   */
  void apply(byte kind, String key, long segment, int bytes) {
    switch (kind) {
      case RecordFormat.STEP ->
          states.computeIfAbsent(key, unknown -> new State(segment, 0)).stepBytes += bytes;
      case RecordFormat.BASE -> {
        remove(key);
        states.put(key, new State(segment, bytes));
        liveBytes += bytes;
      }
      case RecordFormat.END -> remove(key);
      default -> throw new IllegalArgumentException("kind " + kind);
    }
  }

  private void remove(String key) {
    State state = states.remove(key);
    if (state != null) {
      liveBytes -= state.bytes;
    }
  }

  int size() {
    return states.size();
  }

  /** Returns the size of all newest BASE records, about what the keys would take if rewritten. */
  long liveBytes() {
    return liveBytes;
  }

  /** Returns the size of the records that a BASE or END of a key replaces. */
  long bytes(String key) {
    State state = states.get(key);
    return state == null ? 0 : state.bytes + state.stepBytes;
  }

  /** Returns the number of the oldest file that has the BASE of a key. */
  long oldestNeeded(long ifNone) {
    return states.isEmpty() ? ifNone : states.values().iterator().next().segment;
  }

  /**
   * Asks for new BASE records of keys whose BASE is in a file before this one. Asks for only a few
   * at a time, so that other records do not wait long behind them.
   */
  void ask(long before, long nowNanos, Consumer<String> rewrite) {
    List<String> asked = new ArrayList<>();
    int awaited = 0;
    long awaitedBytes = 0;
    for (Map.Entry<String, State> entry : states.entrySet()) {
      State state = entry.getValue();
      if (state.segment >= before || awaited == MAX_AWAITED || awaitedBytes > MAX_AWAITED_BYTES) {
        break;
      }
      awaited++;
      awaitedBytes += state.bytes + state.stepBytes;
      if (!state.asked || nowNanos - state.askedNanos > ASK_AGAIN_NANOS) {
        state.asked = true;
        state.askedNanos = nowNanos;
        asked.add(entry.getKey());
      }
    }
    asked.forEach(rewrite);
  }
}
