package io.stentor.room;

import io.stentor.config.RoomOptions;
import io.stentor.history.Page;
import io.stentor.message.Position;
import io.stentor.message.Publication;
import io.stentor.room.Counts.Count;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The order of one room's log, made again of batches that come in any order: hands on each
 * publication once and in its turn. Belongs to the feed's loop.
 */
final class ReorderBuffer {

  /*
   * `next` is the offset that has to come next. A batch that begins there goes out at once. A later
   * one waits in `early`: usually an earlier batch, of another node, is only a moment behind. What
   * went out stays in `recent` for a while; its last publication is the one before `next`.
   */

  private final Fanout outlets;
  private final Counts counts;
  private final EarlyBatches early = new EarlyBatches();
  private final RecentCache recent;
  private final LongSupplier clock;
  private long epoch;
  private long next = 1;

  /** Up to here the log was told to keep nothing. */
  private long removed;

  /** The highest offset of this epoch that was heard of, kept or not. */
  private long heard;

  ReorderBuffer(RoomOptions.History limits, Fanout outlets, Counts counts, LongSupplier clock) {
    this.recent = new RecentCache(limits);
    this.clock = clock;
    this.outlets = outlets;
    this.counts = counts;
  }

  /** What the log keeps from now on. */
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

  /** The place behind everything that was handed on. */
  Position position() {
    return new Position(epoch, next - 1);
  }

  /** Whether there is something behind a gap. */
  boolean waits() {
    return !early.isEmpty() || heard >= next;
  }

  /**
   * What follows the position, up to the end, if all of it went out here not long ago; else null,
   * and the log has to be asked.
   */
  @Nullable Page since(Position after) {
    recent.trim(clock.getAsLong());
    long oldest = next - recent.size();
    if (after.epoch() != epoch || after.offset() + 1 < oldest || after.offset() >= next) {
      return null;
    }
    int count = (int) (next - 1 - after.offset());
    return new Page(epoch, oldest, next - 1, after.offset() + 1, recent.newest(count));
  }

  /** Lets go of what is too old to be kept. */
  void trim() {
    recent.trim(clock.getAsLong());
  }

  /** What stands up to this position in the log was removed there. */
  void forget(Position upTo) {
    if (upTo.epoch() == epoch) {
      removed = Math.max(removed, upTo.offset());
      keepRemembered();
    }
  }

  private void keepRemembered() {
    recent.keep((int) Math.max(0, Math.min(recent.size(), next - 1 - removed)));
  }

  /** Goes on at another place of the log, or in another log. */
  void moveTo(long newEpoch, long newNext) {
    recent.clear();
    heard = 0;
    removed = 0;
    epoch = newEpoch;
    next = newNext;
  }

  /** Keeps a batch until {@link #takeEarly}. */
  void keep(Broadcast batch) {
    early.add(batch);
    if (batch.epoch() == epoch) {
      heard = Math.max(heard, batch.last());
    }
  }

  /** Hands on what is new of a batch of this epoch that begins at or before the next offset. */
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
      keepRemembered();
    }
    outlets.deliver(rest, epoch, next - rest.size(), position());
  }

  /** Hands on the batches that came early and whose turn it is. */
  void takeEarly() {
    Broadcast due = early.pollDue(epoch, next);
    while (due != null) {
      take(due);
      due = early.pollDue(epoch, next);
    }
  }
}
