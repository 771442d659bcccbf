package io.stentor.history;

import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Finds the first names of many that come in any order, in memory for as many as are asked for. Any
 * thread.
 */
final class FirstNames {

  private final String prefix;
  private final @Nullable String after;
  private final int limit;
  private final TreeSet<String> names = new TreeSet<>();

  /**
   * Nothing found yet.
   *
   * @param prefix what the names begin with
   * @param after they come behind this one; null for all
   * @param limit how many, at least 1
   */
  FirstNames(String prefix, @Nullable String after, int limit) {
    this.prefix = prefix;
    this.after = after;
    this.limit = limit;
  }

  /** Looks at one name; the same one may come again. */
  synchronized void add(String name) {
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

  /** What was found, in order. */
  synchronized List<String> found() {
    return List.copyOf(names);
  }
}
