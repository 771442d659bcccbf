package io.stentor.presence;

import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Changes of one room that came before their turn. Bounded: too many are all forgotten. */
final class EarlyChanges {

  /** A view that misses as many versions as this reads the room instead. */
  private static final int MAX = 256;

  private final TreeMap<Long, MemberChange> byVersion = new TreeMap<>();

  boolean isEmpty() {
    return byVersion.isEmpty();
  }

  /** Keeps a change. Returns false when there were too many, and none is kept now. */
  boolean keep(MemberChange change) {
    byVersion.put(change.version(), change);
    if (byVersion.size() > MAX) {
      byVersion.clear();
    }
    return !byVersion.isEmpty();
  }

  /**
   * Takes out the change that comes next behind this version, null where it is not there. Older
   * ones are forgotten. One that only says its version stays: what it stands for has to be read.
   */
  @Nullable MemberChange pollDue(long epoch, long version) {
    byVersion.headMap(version, true).clear();
    MemberChange due = byVersion.get(version + 1);
    if (due == null || due.epoch() != epoch || due.isNone()) {
      return null;
    }
    byVersion.remove(version + 1);
    return due;
  }

  /** Forgets changes of other lives of the room. */
  void keepOnly(long epoch) {
    byVersion.values().removeIf(change -> change.epoch() != epoch);
  }
}
