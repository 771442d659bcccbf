package io.stentor.room;

import io.stentor.message.CloseReason;
import io.stentor.message.Position;
import io.stentor.room.Counts.Count;
import java.util.ArrayList;
import java.util.List;

/**
 * The end of a room's log as one event loop's connections of one format need it: the encoded bytes
 * that not all of them have taken yet. Belongs to that loop.
 */
final class Tail {

  /*
   * Publications are numbered from 1 within this tail. What is appended in one turn is joined into
   * one piece at the end of the turn and given to every cursor that stands at its beginning and
   * whose socket takes it: one write, one flush. If all do, the piece is forgotten at once. If some
   * do not, it waits in `pieces`, once for all of them, until the last has taken it or the limit of
   * bytes pushes it out; cursors that were still to take it meet the room's rule for slow consumers.
   */

  private final Room room;
  private final Format format;
  private final Loop loop;
  private final Counts counts;

  private final List<Cursor> cursors = new ArrayList<>();
  private final List<Encoded> fresh = new ArrayList<>();
  private final Backlog backlog;

  private long sent = 1;

  /** Number after the last publication that was appended. */
  private long end = 1;

  private Position position = Position.NONE;
  private boolean attached;
  private boolean closed;
  private boolean flushPlanned;

  Tail(Room room, Format format, Loop loop, Counts counts) {
    this.room = room;
    this.format = format;
    this.loop = loop;
    this.counts = counts;
    this.backlog = new Backlog(this, cursors, counts);
  }

  Room room() {
    return room;
  }

  Format format() {
    return format;
  }

  Loop loop() {
    return loop;
  }

  boolean isAttached() {
    return attached;
  }

  boolean isEmpty() {
    return cursors.isEmpty();
  }

  /** The place in the log behind everything that was appended here. */
  Position position() {
    return position;
  }

  long end() {
    return end;
  }

  /** Number after the last publication that was offered to the cursors. */
  long sent() {
    return sent;
  }

  /** Number of the publication with an offset of the present epoch. */
  long numberOf(long offset) {
    return end + (offset - position.offset()) - 1;
  }

  /** The place in the log before a number. */
  Position positionBefore(long number) {
    return position.epoch() == 0
        ? Position.NONE
        : new Position(position.epoch(), position.offset() - (end - number));
  }

  /** From here on the feed gives this tail everything that comes after the position. */
  void attached(Position at) {
    if (!closed) {
      position = at;
      attached = true;
      room.attached(this);
    }
  }

  void add(Cursor cursor) {
    cursor.index = cursors.size();
    cursors.add(cursor);
  }

  void remove(Cursor cursor) {
    int index = cursor.index;
    if (index >= 0) {
      Cursor last = cursors.remove(cursors.size() - 1);
      if (last != cursor) {
        cursors.set(index, last);
        last.index = index;
      }
      cursor.index = -1;
    }
    movedFrom(cursor.next);
    room.left(this, cursor);
  }

  /** A cursor that was at this number has gone on or left: perhaps nobody waits there any more. */
  void movedFrom(long number) {
    backlog.movedFrom(number);
  }

  /** Takes over one reference to the next publications. */
  void append(Encoded publications, Position after) {
    if (closed || !attached) {
      publications.release();
      return;
    }
    fresh.add(publications);
    end += publications.count();
    position = after;
    if (!flushPlanned) {
      flushPlanned = true;
      int coalesceMillis = room.options().coalesceMillis();
      if (coalesceMillis > 0) {
        loop.after(coalesceMillis, this::flush);
      } else {
        loop.execute(this::flush);
      }
    }
  }

  /** Offers what was appended since the last call to every cursor. */
  void flush() {
    flushPlanned = false;
    if (fresh.isEmpty()) {
      return;
    }
    long first = sent;
    Encoded piece = fresh.size() == 1 ? fresh.get(0) : Encoded.joined(fresh);
    fresh.clear();
    sent = end;
    int written = 0;
    boolean someWait = false;
    // First come, first served: a publisher that hears itself early in the turn has its next
    // message here before the turn ends, so that the next piece is a larger one.
    int i = 0;
    while (i < cursors.size()) {
      Cursor cursor = cursors.get(i);
      if (cursor.next == first && cursor.isReady()) {
        cursor.connection().send(piece.bytes());
        cursor.next = sent;
        written++;
      } else if (cursor.next < sent) {
        someWait = true;
      }
      i = cursor.index == i ? i + 1 : i; // Where one has just left, another stands now.
    }
    if (written > 0) {
      counts.add(Count.DELIVERED, (long) written * piece.count());
      counts.add(Count.DELIVERED_BYTES, (long) written * piece.size());
      counts.timings().offered(piece.publishedMillis());
    }
    if (someWait) {
      backlog.keep(first, piece);
    } else {
      piece.release();
    }
  }

  /** Writes what waits for one cursor, as far as its socket takes it. */
  void writeWaiting(Cursor cursor) {
    backlog.writePieces(cursor);
  }

  /** Counts publications that a catch-up has written. */
  void delivered(int count, int bytes) {
    counts.add(Count.DELIVERED, count);
    counts.add(Count.DELIVERED_BYTES, bytes);
  }

  /** Counts a cursor that wanted to go on where it had been. */
  void recovered(boolean possible) {
    counts.add(possible ? Count.RECOVERED : Count.UNRECOVERABLE, 1);
  }

  /** Whether everything from this number on is still here or to come. */
  boolean has(long number) {
    return number >= backlog.start();
  }

  /**
   * The log goes on at another place: publications were lost to everyone here, or their positions
   * no longer mean anything.
   */
  void lost(Position at) {
    flush();
    position = at;
    for (int i = cursors.size() - 1; i >= 0; i--) {
      Cursor cursor = cursors.get(i);
      CatchUp reading = cursor.catchUp;
      if (reading != null) {
        reading.again();
      } else if (cursor.next < sent) {
        cursor.close(CloseReason.INSUFFICIENT_STATE);
      } else {
        cursor.moveTo(end);
        cursor.tell(new Notice(at, Notice.Kind.LOST, 0));
      }
    }
  }

  void close() {
    closed = true;
    fresh.forEach(Encoded::release);
    fresh.clear();
    backlog.clear();
  }
}
