package io.stentor.room;

import io.stentor.config.RoomOptions;
import io.stentor.history.Page;
import io.stentor.message.Position;
import io.stentor.message.Publication;
import io.stentor.room.Counts.Count;
import io.stentor.room.RoomBus.Broadcast;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Restores the order of one room's log from batches that arrive in any order: delivers each
 * publication once and in its turn. Belongs to the feed's loop.
 */
final class ReorderBuffer {

  /*
   * `next` is the offset that has to come next. A batch that begins there is delivered at once. A
   * later one waits in `early`: usually an earlier batch, of another node, is only a moment behind.
   * What does not fit there is dropped; the log still has it. What was delivered stays in `recent`
   * for a while; its last publication is the one before `next`.
   */

  /** Limit of the batches that wait, in bytes. */
  static final int MAX_EARLY_BYTES = 1024 * 1024;

  /** How long the bus may bring nothing before what the log no longer has counts as lost. */
  static final long LAG_MILLIS = 1000;

  private final Fanout fanout;
  private final Counts counts;
  private final RecentCache recent;
  private final LongSupplier clock;
  private long epoch;
  private long next = 1;

  /** Everything up to this offset was removed from the log. */
  private long removed;

  /** Waiting batches by their first offset. */
  private final TreeMap<Long, Broadcast> early = new TreeMap<>();

  private long earlyBytes;

  /** The highest offset of this epoch that arrived, kept or not. */
  private long highest;

  /**
   * The {@link #next} of the last call of {@link #mayNextArrive}, and since when it is the same.
   */
  private long lagOffset;

  private long lagSinceMillis;

  /**
   * Creates a buffer at the beginning of a log without an epoch.
   *
   * @param limits what the log keeps
   * @param clock in milliseconds, monotonic
   */
  ReorderBuffer(RoomOptions.History limits, Fanout fanout, Counts counts, LongSupplier clock) {
    this.recent = new RecentCache(limits);
    this.clock = clock;
    this.fanout = fanout;
    this.counts = counts;
  }

  /** Replaces the limits of what the log keeps. */
  void limits(RoomOptions.History changed) {
    recent.limits(changed);
  }

  long epoch() {
    return epoch;
  }

  /** The offset that has to come next. */
  long next() {
    return next;
  }

  /** The position of the last publication that was delivered. */
  Position position() {
    return new Position(epoch, next - 1);
  }

  /** Whether something has arrived whose predecessor is missing. */
  boolean hasGap() {
    return !early.isEmpty() || highest >= next;
  }

  /**
   * Whether the bus may still bring the next publication, which the log no longer has. A room that
   * is busier than its log is long may be ahead of the bus by more than the log keeps. That is no
   * loss while the bus brings something, and for {@link #LAG_MILLIS} more.
   */
  boolean mayNextArrive() {
    long now = clock.getAsLong();
    if (lagOffset != next) {
      lagOffset = next;
      lagSinceMillis = now;
    }
    return now - lagSinceMillis < LAG_MILLIS;
  }

  /** What follows the position, up to the end; null where the cache does not have all of it. */
  @Nullable Page since(Position after) {
    recent.trim(clock.getAsLong());
    long oldest = next - recent.size();
    if (after.epoch() != epoch || after.offset() + 1 < oldest || after.offset() >= next) {
      return null;
    }
    int count = (int) (next - 1 - after.offset());
    return new Page(epoch, oldest, next - 1, after.offset() + 1, recent.newest(count));
  }

  /** Drops what is too old to be kept. */
  void trim() {
    recent.trim(clock.getAsLong());
  }

  /** Everything up to this position was removed from the log. */
  void forget(Position upTo) {
    if (upTo.epoch() == epoch) {
      removed = Math.max(removed, upTo.offset());
      dropRemoved();
    }
  }

  private void dropRemoved() {
    recent.keep((int) Math.max(0, Math.min(recent.size(), next - 1 - removed)));
  }

  /** Continues at another place of the log, or in another log. */
  void moveTo(long newEpoch, long newNext) {
    recent.clear();
    highest = 0;
    removed = 0;
    epoch = newEpoch;
    next = newNext;
  }

  /** Keeps a batch, if it fits, until {@link #takeEarly}. */
  void keep(Broadcast batch) {
    long bytes = batch.bytes();
    if (earlyBytes + bytes <= MAX_EARLY_BYTES && early.putIfAbsent(batch.first(), batch) == null) {
      earlyBytes += bytes;
    }
    if (batch.epoch() == epoch) {
      highest = Math.max(highest, batch.last());
    }
  }

  /** Delivers what is new of a batch of this epoch that begins at or before the next offset. */
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
    fanout.deliver(rest, epoch, next - rest.size(), position());
  }

  /** Delivers the waiting batches whose turn it is. */
  void takeEarly() {
    Broadcast due = pollDue();
    while (due != null) {
      take(due);
      due = pollDue();
    }
  }

  /** Takes out the first batch that is due, and drops those of other epochs before it. */
  private @Nullable Broadcast pollDue() {
    Map.Entry<Long, Broadcast> first = early.firstEntry();
    while (first != null) {
      Broadcast batch = first.getValue();
      if (batch.epoch() == epoch && batch.first() > next) {
        return null;
      }
      early.pollFirstEntry();
      earlyBytes -= batch.bytes();
      if (batch.epoch() == epoch) {
        return batch;
      }
      first = early.firstEntry();
    }
    return null;
  }
}
