package io.stentor.room;

import io.stentor.message.Position;
import io.stentor.message.Publication;
import io.stentor.room.Counts.Count;
import java.util.List;

/**
 * The order of one room's log, made again of batches that come in any order: hands on each
 * publication once and in its turn. Belongs to the feed's loop.
 */
final class Sequence {

  /*
   * `next` is the offset that has to come next. A batch that begins there goes out at once. A later
   * one waits in `early`: usually an earlier batch, of another node, is only a moment behind.
   */

  private final Outlets outlets;
  private final Counts counts;
  private final EarlyBatches early = new EarlyBatches();
  private long epoch;
  private long next = 1;

  Sequence(Outlets outlets, Counts counts) {
    this.outlets = outlets;
    this.counts = counts;
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

  /** Whether batches wait for an earlier one. */
  boolean waits() {
    return !early.isEmpty();
  }

  /** Goes on at another place of the log, or in another log. */
  void moveTo(long newEpoch, long newNext) {
    epoch = newEpoch;
    next = newNext;
  }

  /** Keeps a batch until {@link #takeEarly}. */
  void keep(Broadcast batch) {
    early.add(batch);
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
