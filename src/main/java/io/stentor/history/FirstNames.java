package io.stentor.history;

import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Finds the first names, in sorted order, of a sequence in any order. Holds at most {@code limit}
 * names in memory. Any thread.
 */
public final class FirstNames {

  private final String prefix;
  private final @Nullable String after;
  private final int limit;
  private final TreeSet<String> names = new TreeSet<>();

  /**
   * Creates a collector without names.
   *
   * @param prefix prefix of the names
   * @param after exclusive lower bound; null for none
   * @param limit maximum number of names, at least 1
   */
  public FirstNames(String prefix, @Nullable String after, int limit) {
    this.prefix = prefix;
    this.after = after;
    this.limit = limit;
  }

  /** Adds a name if it is among the first. Duplicates are ignored. */
  public synchronized void add(String name) {
    if (!name.startsWith(prefix)
        || (after != null && name.compareTo(after) <= 0)
        || (names.size() == limit && name.compareTo(names.last()) >= 0)) {
      return;
    }
    names.add(name);
    if (names.size() > limit) {
      names.pollLast();
    }
  }

  /** Returns the names found so far, sorted. */
  public synchronized List<String> found() {
    return List.copyOf(names);
  }
}
