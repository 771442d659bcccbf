package io.stentor.room;

import io.stentor.config.RoomOptions;
import io.stentor.message.Publication;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Caches the newest publications that a feed has delivered, for cursors that reconnect after a
 * short time. Never holds more than the room's log keeps. Confined to the feed's loop.
 */
final class RecentCache {

  /**
   * Maximum memory for one room, in bytes. Each publication counts with {@link #OVERHEAD_BYTES}, so
   * at most 512 are cached. The whole cache fits into one page of a catch-up.
   */
  static final int MAX_BYTES = CatchUp.PAGE_BYTES;

  /** Estimated overhead of a publication, in bytes, in addition to its weight. */
  static final int OVERHEAD_BYTES = Appender.OVERHEAD_BYTES;

  private RoomOptions.History limits;

  /**
   * A publication and the time it arrived, by this node's clock. The publication's own timestamp is
   * from the clock of the node that received it, which may differ.
   */
  private record Kept(Publication publication, long atMillis) {
    int weight() {
      return publication.weight();
    }
  }

  /** Null while empty, so that idle rooms use no memory. */
  private @Nullable ArrayDeque<Kept> publications;

  private long bytes;

  /**
   * Creates an empty cache.
   *
   * @param limits what the log keeps; {@link #MAX_BYTES} applies as well
   */
  RecentCache(RoomOptions.History limits) {
    this.limits = limits;
  }

  /** Replaces the log limits. They are enforced when the next publication is added. */
  void limits(RoomOptions.History changed) {
    limits = changed;
  }

  int size() {
    return publications == null ? 0 : publications.size();
  }

  /**
   * Adds the publications that follow the newest one.
   *
   * @param nowMillis their time of arrival
   */
  void add(List<Publication> following, long nowMillis) {
    ArrayDeque<Kept> all = publications;
    if (all == null) {
      all = new ArrayDeque<>();
      publications = all;
    }
    for (Publication publication : following) {
      all.add(new Kept(publication, nowMillis));
      bytes += publication.weight();
      while (isTooMuch(all.size())) {
        bytes -= all.remove().weight();
      }
    }
  }

  private boolean isTooMuch(int count) {
    return count > limits.messages()
        || bytes > limits.bytes()
        || bytes + (long) count * OVERHEAD_BYTES > MAX_BYTES;
  }

  /** Removes publications that are too old for the log. */
  void trim(long nowMillis) {
    ArrayDeque<Kept> all = publications;
    if (all != null) {
      long tooOld = nowMillis - 1000L * limits.ageSeconds();
      while (!all.isEmpty() && all.element().atMillis() < tooOld) {
        bytes -= all.remove().weight();
      }
      if (all.isEmpty()) {
        clear();
      }
    }
  }

  /** Removes all but the newest {@code count} publications. */
  void keep(int count) {
    ArrayDeque<Kept> all = publications;
    while (all != null && all.size() > count) {
      bytes -= all.remove().weight();
    }
    if (count == 0) {
      clear();
    }
  }

  /** Returns the newest {@code count} publications. There must be at least that many. */
  List<Publication> newest(int count) {
    List<Publication> newest = new ArrayList<>(count);
    if (publications != null) {
      Iterator<Kept> all = publications.iterator();
      for (int i = publications.size(); i > 0; i--) {
        Publication publication = all.next().publication();
        if (i <= count) {
          newest.add(publication);
        }
      }
    }
    return newest;
  }

  void clear() {
    publications = null;
    bytes = 0;
  }
}
