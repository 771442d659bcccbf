package io.stentor.history;

import io.stentor.message.Publication;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The publications of a log: consecutive offsets that end at {@link #top}, and the offsets of their
 * idempotency keys. Not thread-safe.
 */
public final class LogEntries {

  /*
   * A ring buffer: entry i of `size` is at ring[(head + i) & mask], and its offset is
   * top - size + 1 + i. Without entries there is no ring and no map of keys, so an idle room costs
   * little more than this object.
   */

  private static final int FIRST_CAPACITY = 8;
  private static final @Nullable Entry[] NOTHING = {};

  private long top;
  private long bytes;
  private @Nullable Entry[] ring = NOTHING;
  private int head;
  private int size;
  private @Nullable Map<String, Long> keys;

  /**
   * A publication in a log and its permanent ID: the appender, and the number among all of that
   * appender's publications. Entries of two logs with the same ID are the same publication.
   *
   * @param atMillis when it was appended, by the clock of the node that holds this log
   */
  public record Entry(long appender, long number, long atMillis, Publication publication) {
    boolean isSame(Entry other) {
      return appender == other.appender && number == other.number;
    }

    /** Returns this entry for a node whose clock is ahead by this many milliseconds. */
    Entry shifted(long millis) {
      return millis == 0 ? this : new Entry(appender, number, atMillis + millis, publication);
    }
  }

  /** Returns the offset of the newest publication that there ever was. */
  long top() {
    return top;
  }

  /** Returns the offset of the oldest publication; {@code top + 1} if there is none. */
  long oldest() {
    return top - size + 1;
  }

  long bytes() {
    return bytes;
  }

  int size() {
    return size;
  }

  Entry at(long offset) {
    return Objects.requireNonNull(ring[(head + (int) (offset - oldest())) & (ring.length - 1)]);
  }

  /**
   * Returns the entries from an offset on. The offset must not be lower than that of the oldest
   * entry.
   */
  List<Entry> from(long first) {
    List<Entry> some = new ArrayList<>((int) (top - first + 1));
    for (long offset = first; offset <= top; offset++) {
      some.add(at(offset));
    }
    return some;
  }

  /** Returns the offset of the publication with this key; null if there is none. */
  @Nullable Long offsetOf(@Nullable String key) {
    return key == null || keys == null ? null : keys.get(key);
  }

  void add(Entry entry) {
    if (size == ring.length) {
      ring = from(oldest()).toArray(new Entry[Math.max(FIRST_CAPACITY, 2 * ring.length)]);
      head = 0;
    }
    ring[(head + size) & (ring.length - 1)] = entry;
    size++;
    top++;
    bytes += entry.publication().weight();
    String key = entry.publication().idempotencyKey();
    if (key != null) {
      keys = keys == null ? new HashMap<>() : keys;
      keys.put(key, top);
    }
  }

  void removeOldest() {
    removed(at(oldest()), oldest());
    ring[head] = null;
    head = (head + 1) & (ring.length - 1);
    size--;
    clearIfEmpty();
  }

  /** Removes the newest entry. The next one gets its offset. */
  void removeNewest() {
    removed(at(top), top);
    ring[(head + size - 1) & (ring.length - 1)] = null;
    size--;
    top--;
    clearIfEmpty();
  }

  private void removed(Entry entry, long offset) {
    String key = entry.publication().idempotencyKey();
    if (key != null && keys != null) {
      keys.remove(key, offset);
    }
    bytes -= entry.publication().weight();
  }

  private void clearIfEmpty() {
    if (size == 0) {
      clear();
    }
  }

  /** Removes all entries. Offsets continue. */
  void clear() {
    ring = NOTHING;
    head = 0;
    size = 0;
    bytes = 0;
    keys = null;
  }

  /** Removes all entries. Offsets continue after this one. */
  void restartAfter(long offset) {
    clear();
    top = offset;
  }
}
