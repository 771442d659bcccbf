package io.stentor.room;

import io.stentor.config.RoomOptions.SlowConsumer;
import io.stentor.message.CloseReason;
import io.stentor.room.Counts.Count;
import java.util.List;

/**
 * What some cursors of a tail have still to take, and what becomes of those that take it too
 * slowly. Belongs to the tail's loop.
 */
final class Backlog {

  /*
   * A piece waits here once for all cursors, until the last has taken it or the limit of bytes
   * pushes it out; cursors that were still to take it then meet the room's rule for slow consumers.
   * Cursors that catch up from the log are not slow: they come back to the log.
   */

  private final Tail tail;
  private final List<Cursor> cursors;
  private final Counts counts;
  private final Pieces pieces;
  private boolean forgetPlanned;

  /** The backlog of a tail with these cursors, which the tail adds to and takes from. */
  Backlog(Tail tail, List<Cursor> cursors, Counts counts) {
    this.tail = tail;
    this.cursors = cursors;
    this.counts = counts;
    this.pieces = new Pieces(counts);
  }

  /** Number of the first publication that is still here, or of the next one. */
  long start() {
    return pieces.isEmpty() ? tail.sent() : pieces.first();
  }

  /** Takes over a piece that the tail has just offered and that some cursors did not take. */
  void keep(long first, Encoded piece) {
    long sent = tail.sent();
    pieces.add(first, piece);
    for (int i = cursors.size() - 1; i >= 0; i--) {
      Cursor cursor = cursors.get(i);
      if (cursor.next < sent && cursor.isReady()) {
        writePieces(cursor);
      } else if (cursor.catchUp == null
          && tail.room().options().slowConsumer() == SlowConsumer.LATEST) {
        skip(cursor, sent - 1);
      }
    }
    forgetTaken();
    pieces.limit(tail.room().options().tailBytes());
    leaveBehind();
  }

  /**
   * A cursor that was at this number has gone on or left. At the end of the turn, what nobody has
   * still to take is let go of: once, however many go on or leave in one turn.
   */
  void movedFrom(long number) {
    if (!forgetPlanned && !pieces.isEmpty() && number < pieces.endOfOldest()) {
      forgetPlanned = true;
      tail.loop().execute(this::forgetAsPlanned);
    }
  }

  private void forgetAsPlanned() {
    if (forgetPlanned) {
      forgetTaken();
    }
  }

  /** Writes what waits for one cursor, as far as its socket takes it. */
  void writePieces(Cursor cursor) {
    if (cursor.hasSkipped()
        && cursor.isReady()
        && !cursor.tell(
            new Notice(
                tail.positionBefore(cursor.next), Notice.Kind.SKIPPED, cursor.takeSkipped()))) {
      return;
    }
    long before = cursor.next;
    long bytes = 0;
    while (cursor.next < tail.sent() && !cursor.hasLeft() && cursor.isReady()) {
      bytes += pieces.bytesFrom(cursor.next);
      cursor.moveTo(pieces.writeFrom(cursor.next, cursor.connection()));
    }
    if (cursor.next > before) {
      cursor.connection().flush();
      counts.add(Count.DELIVERED, cursor.next - before);
      counts.add(Count.DELIVERED_BYTES, bytes);
    }
  }

  private void forgetTaken() {
    forgetPlanned = false;
    long least = tail.sent();
    for (Cursor cursor : cursors) {
      least = Math.min(least, cursor.next);
    }
    pieces.forgetBefore(least);
  }

  /** Applies the room's rule to the cursors whose next publication is no longer here. */
  private void leaveBehind() {
    long start = start();
    for (int i = cursors.size() - 1; i >= 0; i--) {
      Cursor cursor = cursors.get(i);
      if (cursor.next >= start || cursor.catchUp != null) {
        continue;
      }
      if (tail.room().options().slowConsumer() == SlowConsumer.DISCONNECT) {
        counts.add(Count.SLOW_DISCONNECTED, 1);
        cursor.close(CloseReason.SLOW);
      } else {
        skip(cursor, start);
      }
    }
  }

  private void skip(Cursor cursor, long to) {
    if (cursor.next < to) {
      if (!cursor.hasSkipped()) {
        boolean latest = tail.room().options().slowConsumer() == SlowConsumer.LATEST;
        counts.add(latest ? Count.SLOW_LATEST : Count.SLOW_SKIPPING, 1);
      }
      counts.add(Count.SKIPPED, to - cursor.next);
      cursor.skipTo(to);
    }
  }

  void clear() {
    pieces.clear();
  }
}
