package io.stentor.room;

import io.stentor.config.RoomOptions;
import io.stentor.history.Branch;
import io.stentor.history.Page;
import io.stentor.message.Position;
import io.stentor.message.Publication;
import io.stentor.room.Counts.Count;
import io.stentor.room.RoomBus.Broadcast;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Restores the order of one room's log from batches that arrive in any order, delivers each
 * publication exactly once, in order, and caches the newest. Confined to the feed's loop.
 */
final class ReorderBuffer {

  /*
   * `next` is the offset of the next publication to deliver. A batch that starts there is
   * delivered at once. A later batch waits in `early`, because an earlier batch from another node
   * is usually only slightly late. A batch that does not fit there is dropped; it is still in the
   * log. Delivered publications stay in `recent` for a while; the last of them has the offset
   * `next` - 1.
   */

  /** Maximum size of the waiting batches, in bytes. */
  static final int MAX_EARLY_BYTES = 1024 * 1024;

  /**
   * How long the bus may be silent before publications that the log no longer has count as lost.
   */
  static final long LAG_MILLIS = 1000;

  /** Receives the publications in the order of the log. */
  interface Output {
    /**
     * Delivers publications.
     *
     * @param epoch epoch of the log
     * @param first offset of the first publication
     */
    void deliver(List<Publication> publications, long epoch, long first);
  }

  private final Output output;
  private final Counts counts;
  private final RecentCache recent;
  private final LongSupplier clock;
  private Branch branch = new Branch(0);
  private long next = 1;

  /** All publications up to this offset were removed from the log. */
  private long removed;

  /** Waiting batches by their first offset. */
  private final TreeMap<Long, Broadcast> early = new TreeMap<>();

  private long earlyBytes;

  /** The highest offset of this epoch that arrived, kept or not. */
  private long highest;

  /**
   * The value of {@link #next} at the last call of {@link #mayNextArrive}, and the time since which
   * it has not changed.
   */
  private long lagOffset;

  private long lagSinceMillis;

  /**
   * Creates a buffer at the start of a log without an epoch.
   *
   * @param limits what the log keeps
   * @param clock monotonic clock, in milliseconds
   */
  ReorderBuffer(RoomOptions.History limits, Output output, Counts counts, LongSupplier clock) {
    this.recent = new RecentCache(limits);
    this.clock = clock;
    this.output = output;
    this.counts = counts;
  }

  /** Replaces the limits of the log. */
  void limits(RoomOptions.History changed) {
    recent.limits(changed);
  }

  Branch branch() {
    return branch;
  }

  long epoch() {
    return branch.epoch();
  }

  /** Returns the offset of the next publication to deliver. */
  long next() {
    return next;
  }

  /** Returns the position of the last delivered publication. */
  Position position() {
    return new Position(epoch(), next - 1);
  }

  /** Returns whether a publication has arrived whose predecessor is missing. */
  boolean hasGap() {
    return !early.isEmpty() || highest >= next;
  }

  /**
   * Returns whether the bus may still deliver the next publication, which the log no longer has. In
   * a busy room with a short log, the log may be ahead of the bus by more publications than it
   * keeps. That is no loss while the bus makes progress, and for {@link #LAG_MILLIS} after that.
   */
  boolean mayNextArrive() {
    long now = clock.getAsLong();
    if (lagOffset != next) {
      lagOffset = next;
      lagSinceMillis = now;
    }
    return now - lagSinceMillis < LAG_MILLIS;
  }

  /**
   * Returns the publications after the position, or null if the cache does not contain all of them.
   * The oldest publication of the log is not known here: the page has the lowest offset that it can
   * have.
   *
   * @param maxMessages maximum number of publications
   * @param maxBytes maximum size of the publications, in bytes, unless the first alone is larger
   */
  @Nullable Page since(Position after, int maxMessages, int maxBytes) {
    recent.trim(clock.getAsLong());
    long cached = next - recent.size();
    if (!branch.includes(after) || after.offset() + 1 < cached || after.offset() >= next) {
      return null;
    }
    int count = (int) (next - 1 - after.offset());
    List<Publication> publications = recent.newest(count, maxMessages, maxBytes);
    return new Page(branch, removed + 1, next - 1, after.offset() + 1, publications);
  }

  /** Returns the last delivered publication; null if it is not cached. */
  @Nullable Publication newest() {
    return recent.size() == 0 ? null : recent.newest(1, 1, 0).get(0);
  }

  /** Drops cached publications that are too old. */
  void trim() {
    recent.trim(clock.getAsLong());
  }

  /** Drops cached publications up to this position, because they were removed from the log. */
  void forget(Position upTo) {
    if (upTo.epoch() == epoch()) {
      removed = Math.max(removed, upTo.offset());
      dropRemoved();
    }
  }

  private void dropRemoved() {
    recent.keep((int) Math.max(0, Math.min(recent.size(), next - 1 - removed)));
  }

  /** Continues at another offset of the log, or in another log. */
  void moveTo(Branch newBranch, long newNext) {
    recent.clear();
    highest = 0;
    removed = 0;
    branch = newBranch;
    next = newNext;
  }

  /** Continues at the same offset in another branch, which has this position in its past. */
  void fork(Branch into) {
    highest = 0;
    branch = into;
  }

  /** Buffers a batch until {@link #takeEarly}, or drops it if it does not fit. */
  void keep(Broadcast batch) {
    long bytes = batch.bytes();
    if (earlyBytes + bytes <= MAX_EARLY_BYTES && early.putIfAbsent(batch.first(), batch) == null) {
      earlyBytes += bytes;
    }
    if (batch.epoch() == epoch()) {
      highest = Math.max(highest, batch.last());
    }
  }

  /**
   * Delivers the new publications of a batch. The batch must belong to this epoch and start at or
   * before the next offset.
   */
  void take(Broadcast batch) {
    if (batch.last() < next) {
      counts.add(Count.REPEATED, batch.publications().size());
      return;
    }
    int skip = (int) (next - batch.first());
    List<Publication> rest =
        skip == 0
            ? batch.publications()
            : batch.publications().subList(skip, batch.publications().size());
    next = batch.last() + 1;
    recent.add(rest, clock.getAsLong());
    if (removed >= next - rest.size()) {
      dropRemoved();
    }
    output.deliver(rest, epoch(), next - rest.size());
  }

  /** Delivers the buffered batches that are next in order. */
  void takeEarly() {
    Broadcast due = pollDue();
    while (due != null) {
      take(due);
      due = pollDue();
    }
  }

  /**
   * Removes and returns the first batch that is due, or null if there is none. Drops batches of
   * other epochs before it.
   */
  private @Nullable Broadcast pollDue() {
    Map.Entry<Long, Broadcast> first = early.firstEntry();
    while (first != null) {
      Broadcast batch = first.getValue();
      if (batch.epoch() == epoch() && batch.first() > next) {
        return null;
      }
      early.pollFirstEntry();
      earlyBytes -= batch.bytes();
      if (batch.epoch() == epoch()) {
        return batch;
      }
      first = early.firstEntry();
    }
    return null;
  }

  /**
   * The newest delivered publications, for cursors that reconnect after a short time. Never holds
   * more than the room's log keeps.
   */
  static final class RecentCache {

    /**
     * Maximum memory for one room, in bytes. Each publication counts with {@link #OVERHEAD_BYTES},
     * so at most 512 are cached. The whole cache fits into one page of a catch-up.
     */
    static final int MAX_BYTES = CatchUp.PAGE_BYTES;

    /** Estimated overhead of a publication, in bytes, in addition to its weight. */
    static final int OVERHEAD_BYTES = Publisher.OVERHEAD_BYTES;

    private RoomOptions.History limits;

    /**
     * A publication and the time it arrived, by this node's clock. The publication's own timestamp
     * is from the clock of the node that received it, which may differ.
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

    /**
     * Returns the newest {@code count} publications, or the first of them if that is too much for
     * the reader. There must be at least that many.
     */
    List<Publication> newest(int count, int maxMessages, int maxBytes) {
      List<Publication> newest = new ArrayList<>(Math.min(count, maxMessages));
      if (publications != null) {
        Iterator<Kept> all = publications.iterator();
        int bytesLeft = maxBytes;
        for (int i = publications.size(); i > 0 && newest.size() < maxMessages; i--) {
          Publication publication = all.next().publication();
          if (i <= count) {
            bytesLeft -= publication.weight();
            if (bytesLeft < 0 && !newest.isEmpty()) {
              break;
            }
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
}
