package io.stentor.room;

import io.stentor.config.RoomOptions;
import io.stentor.message.Publication;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The newest publications that a feed has handed on, for cursors that come back to where they were
 * a moment ago. Never more than the room's log keeps. Belongs to the feed's loop.
 */
final class RecentCache {

  /**
   * Most memory for one room, each publication counted with {@link #OVERHEAD_BYTES}, so there are
   * at most 512 of them. All of it fits into one page of a catch-up.
   */
  static final int MAX_BYTES = CatchUp.PAGE_BYTES;

  /** Memory that a publication needs besides its weight. */
  static final int OVERHEAD_BYTES = Appender.OVERHEAD_BYTES;

  private RoomOptions.History limits;

  /**
   * A publication and when it came here. That is by the clock of this node: the time in it is by
   * that of the node that took it, which may differ.
   */
  private record Kept(Publication publication, long atMillis) {
    int weight() {
      return publication.weight();
    }
  }

  /** Null while there are none, so that a quiet room pays nothing. */
  private @Nullable ArrayDeque<Kept> publications;

  private long bytes;

  /** None yet, and never more than these limits and {@link #MAX_BYTES} allow. */
  RecentCache(RoomOptions.History limits) {
    this.limits = limits;
  }

  /** What the log keeps from now on; what is too much goes when something is added. */
  void limits(RoomOptions.History changed) {
    limits = changed;
  }

  int size() {
    return publications == null ? 0 : publications.size();
  }

  /** Adds what follows the newest one, and comes now. */
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

  /** Lets go of what is too old for the log. */
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

  /** Keeps the newest so many. */
  void keep(int count) {
    ArrayDeque<Kept> all = publications;
    while (all != null && all.size() > count) {
      bytes -= all.remove().weight();
    }
    if (count == 0) {
      clear();
    }
  }

  /** The newest so many, of which there are so many. */
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
