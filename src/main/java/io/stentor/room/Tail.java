package io.stentor.room;

import io.stentor.config.RoomOptions;
import io.stentor.config.RoomOptions.SlowConsumer;
import io.stentor.history.Branch;
import io.stentor.message.CloseReason;
import io.stentor.message.Position;
import io.stentor.message.TagFilter;
import io.stentor.room.Counts.Count;
import io.stentor.room.Cursor.Notice;
import io.stentor.timer.LoopExecutor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The end of a room's log for the connections of one event loop, one format and one filter: their
 * cursors, and the encoded bytes that some of them have not received yet. Confined to that loop.
 */
final class Tail {

  /*
   * Publications are numbered from 1 within this tail. The publications appended in one turn are
   * joined into one piece at the end of the turn. The piece is written to every cursor that has
   * reached its start and whose socket is writable, with one write and one flush. If all cursors
   * accept it, it is released at once. Otherwise a single copy waits in a PieceBuffer until the last
   * cursor has received it or the room's `tailBytes` are exceeded. The room's rule for slow
   * consumers then applies to cursors that still needed it. Cursors that are reading older
   * publications from the log are not slow: they read from the log what was dropped here.
   *
   * A publication that the filter does not match has a number too, but no bytes. A piece without
   * bytes only moves cursors.
   *
   * In a format with deltas, a cursor gets its next publication as a delta only if it was sent the
   * one before: not after it has joined, was excluded, or has skipped something.
   */

  /** What a tail needs from its room. */
  interface Owner {
    /** The tail receives all publications from now on, so cursors can be placed. */
    void attached(Tail tail);

    /** The cursor has left the tail. */
    void left(Tail tail, TailCursor cursor);
  }

  /**
   * Reads older publications for a cursor, which receives nothing from the tail in the meantime.
   */
  interface Reading {
    /** Returns the position of the last publication written to the connection. */
    Position position();

    /** The socket is writable again. */
    void drained();
  }

  /** Instead of the number of a publication. */
  private static final long NONE = -1;

  private final Owner owner;
  private final Format format;
  private final boolean deltas;
  private final @Nullable TagFilter filter;
  private final LoopExecutor loop;
  private final Counts counts;
  private RoomOptions options;

  private final List<TailCursor> cursors = new ArrayList<>();

  /** Appended in this turn and not offered to the cursors yet. */
  private final List<Encoded> fresh = new ArrayList<>();

  /** Ends with the last publication that was offered to the cursors. */
  private final PieceBuffer pieces;

  /** One more than the number of the last publication that was appended. */
  private long end = 1;

  /** The branch of the log that is delivered. */
  private Branch branch = new Branch(0);

  /** Offset of the last publication that was appended; 0 if there is no log. */
  private long offset;

  private boolean attached;
  private boolean closed;
  private boolean flushPlanned;
  private boolean releasePlanned;

  /**
   * Creates a tail that is not attached to its feed yet.
   *
   * @param filter null for all publications
   */
  Tail(
      Owner owner,
      Format format,
      @Nullable TagFilter filter,
      RoomOptions options,
      LoopExecutor loop,
      Counts counts) {
    this.owner = owner;
    this.format = format;
    this.deltas = format.hasDeltas();
    this.filter = filter;
    this.options = options;
    this.loop = loop;
    this.counts = counts;
    this.pieces = new PieceBuffer(counts);
  }

  Format format() {
    return format;
  }

  /** Returns what its connections are sent; null for everything. */
  @Nullable TagFilter filter() {
    return filter;
  }

  /** Returns whether the connections with this format and filter belong to this tail. */
  boolean isFor(Format other, @Nullable TagFilter otherFilter) {
    return format == other && Objects.equals(filter, otherFilter);
  }

  LoopExecutor loop() {
    return loop;
  }

  void options(RoomOptions changed) {
    options = changed;
  }

  boolean isAttached() {
    return attached;
  }

  boolean isEmpty() {
    return cursors.isEmpty();
  }

  /** Returns the position of the last publication that was appended here. */
  Position position() {
    return new Position(branch.epoch(), offset);
  }

  /**
   * Returns whether a page was read from another branch than the one that this tail delivers,
   * although a position is in the past of this tail's branch. Then either the read is stale,
   * because a split cluster was healing or a node was cut off, or the feed will change to the other
   * branch soon. The caller should read again.
   *
   * @param from the position
   * @param readEpoch the epoch of the page
   */
  boolean mayContinue(Position from, long readEpoch) {
    return readEpoch != branch.epoch() && branch.includes(from);
  }

  /** Called by the feed, which from now on appends everything after the offset of the branch. */
  void attached(Branch to, long after) {
    if (!closed) {
      branch = to;
      offset = after;
      attached = true;
      owner.attached(this);
    }
  }

  /**
   * Adds a cursor. Nothing is written to it until it {@linkplain TailCursor#moveToEnd is placed}.
   */
  TailCursor add(Connection connection) {
    TailCursor cursor = new TailCursor(connection, cursors.size());
    cursors.add(cursor);
    return cursor;
  }

  /**
   * Appends the next publications. Takes ownership of one reference.
   *
   * @param last offset of the last of these publications; 0 if there is no log
   */
  void append(Encoded publications, long last) {
    if (closed || !attached) {
      publications.release();
      return;
    }
    fresh.add(publications);
    end += publications.count();
    offset = last;
    if (!flushPlanned) {
      flushPlanned = true;
      int coalesceMillis = options.coalesceMillis();
      if (coalesceMillis > 0) {
        loop.after(coalesceMillis, this::flush);
      } else {
        loop.execute(this::flush);
      }
    }
  }

  /** Offers everything appended since the last call to every cursor. */
  private void flush() {
    flushPlanned = false;
    if (fresh.isEmpty()) {
      return;
    }
    long first = pieces.end();
    Encoded piece = fresh.size() == 1 ? fresh.get(0) : Encoded.joined(fresh);
    fresh.clear();
    pieces.extendTo(end);
    boolean someWait =
        piece.size() == 0
            ? pass(first)
            : (deltas || piece.hasExclusions()) ? offerToEach(first, piece) : offer(first, piece);
    if (someWait && piece.count() > 0) {
      keep(first, piece);
    } else {
      piece.release();
    }
  }

  /** Writes a piece to every cursor that can take it. Returns whether some cursors wait. */
  private boolean offer(long first, Encoded piece) {
    long after = pieces.end();
    int written = 0;
    boolean someWait = false;
    // In order of joining: a publisher that receives its own message early in the turn can append
    // its next one before the turn ends, which makes the next piece larger.
    int i = 0;
    while (i < cursors.size()) {
      TailCursor cursor = cursors.get(i);
      if (cursor.next == first && cursor.isReady()) {
        cursor.output.send(piece.bytes());
        cursor.next = after;
        written++;
      } else if (cursor.next < after) {
        someWait = true;
      }
      i = cursor.index == i ? i + 1 : i; // The last cursor replaces a cursor that has just left.
    }
    count(written, written > 0, piece);
    return someWait;
  }

  /**
   * Counts a piece that was offered, and measures its time if it was written at all.
   *
   * @param whole number of cursors that it was written to as a whole
   * @param some whether it, or a part of it, was written to any cursor
   */
  private void count(int whole, boolean some, Encoded piece) {
    if (some && piece.messages() > 0) {
      counts.add(Count.DELIVERED, (long) whole * piece.messages());
      counts.add(Count.DELIVERED_BYTES, (long) whole * piece.size());
      counts.timings().offered(piece.publishedMillis());
    }
  }

  /**
   * Like {@link #offer}, but leaves out what excludes the connection of a cursor, and writes no
   * delta to a cursor that was not sent what it is based on.
   */
  private boolean offerToEach(long first, Encoded piece) {
    long after = pieces.end();
    int whole = 0;
    boolean some = false;
    boolean someWait = false;
    int i = 0;
    while (i < cursors.size()) {
      TailCursor cursor = cursors.get(i);
      String id = cursor.connection.id();
      boolean isNext = cursor.next == first && cursor.reading == null;
      if (isNext && piece.last(id) < 0) {
        cursor.next = after;
      } else if (isNext && cursor.isReady()) {
        if (piece.isAllFor(id, cursor.hasBefore())) {
          cursor.output.send(piece.bytes());
          cursor.last = after - 1;
          whole++;
        } else {
          cursor.write(first, piece);
          cursor.output.flush();
        }
        cursor.next = after;
        some = true;
      } else if (cursor.next < after) {
        someWait = true;
      }
      i = cursor.index == i ? i + 1 : i;
    }
    count(whole, some, piece);
    return someWait;
  }

  /** Moves the cursors past publications without bytes. Returns whether some cursors wait. */
  private boolean pass(long first) {
    long after = pieces.end();
    boolean someWait = false;
    for (TailCursor cursor : cursors) {
      if (cursor.next == first && cursor.reading == null) {
        cursor.next = after;
      } else if (cursor.next < after) {
        someWait = true;
      }
    }
    return someWait;
  }

  /** Keeps a piece that some cursors did not accept. Takes ownership of the reference. */
  private void keep(long first, Encoded piece) {
    if (!pieces.add(first, piece)) {
      return;
    }
    for (int i = cursors.size() - 1; i >= 0; i--) {
      TailCursor cursor = cursors.get(i);
      if (cursor.next < pieces.end() && cursor.isReady()) {
        cursor.writePieces();
      } else if (cursor.reading == null && options.slowConsumer() == SlowConsumer.LATEST) {
        int latest = piece.last(cursor.connection.id());
        cursor.skipTo(latest < 0 ? cursor.next : first + latest);
      }
    }
    releaseTaken();
    pieces.limit(options.tailBytes());
    applySlowConsumerRule();
  }

  /** Applies the room's rule for slow consumers to cursors whose next publication was dropped. */
  private void applySlowConsumerRule() {
    long oldest = pieces.oldest();
    for (int i = cursors.size() - 1; i >= 0; i--) {
      TailCursor cursor = cursors.get(i);
      if (cursor.next >= oldest || cursor.reading != null) {
        continue;
      }
      if (options.slowConsumer() == SlowConsumer.DISCONNECT) {
        counts.add(Count.SLOW_DISCONNECTED, 1);
        cursor.close(CloseReason.SLOW);
      } else {
        cursor.skipTo(oldest);
      }
    }
  }

  /**
   * Called when a cursor has moved on from this number or left. Pieces that no cursor needs any
   * more are released once, at the end of the turn, however many cursors move in it.
   */
  private void movedFrom(long number) {
    if (!releasePlanned && pieces.oldestReaches(number)) {
      releasePlanned = true;
      loop.execute(
          () -> {
            if (releasePlanned) {
              releaseTaken();
            }
          });
    }
  }

  private void releaseTaken() {
    releasePlanned = false;
    long least = pieces.end();
    for (TailCursor cursor : cursors) {
      least = Math.min(least, cursor.next);
    }
    pieces.releaseBefore(least);
  }

  /**
   * The log continues, without a gap after the last publication appended here, as another branch. A
   * cursor that has read more of the log than that may be beyond the fork.
   */
  void forked(Branch into) {
    flush();
    long formerEpoch = branch.epoch();
    branch = into;
    for (int i = cursors.size() - 1; i >= 0; i--) {
      TailCursor cursor = cursors.get(i);
      long ahead = cursor.next - end;
      boolean follows =
          cursor.reading != null
              || ahead <= 0
              || into.includes(new Position(formerEpoch, offset + ahead));
      if (follows) {
        cursor.connection.forked();
      } else {
        cursor.lost();
      }
    }
  }

  /**
   * The log continues at another position: all connections here missed publications, or the epoch
   * has changed.
   */
  void lost(Branch to, long after) {
    flush();
    branch = to;
    offset = after;
    for (int i = cursors.size() - 1; i >= 0; i--) {
      TailCursor cursor = cursors.get(i);
      if (cursor.reading != null) {
        cursor.moveToEnd();
      } else if (cursor.next < pieces.end()) {
        cursor.close(CloseReason.INSUFFICIENT_STATE);
      } else {
        cursor.lost();
      }
    }
  }

  /** Releases all buffers. There must be no cursors left. */
  void close() {
    closed = true;
    fresh.forEach(Encoded::release);
    fresh.clear();
    pieces.clear();
  }

  /** The cursor of one connection. */
  final class TailCursor implements Cursor {

    private final Connection connection;
    private final Output output;

    /**
     * Number of the next publication to write; past the end until the cursor is placed. Changed by
     * {@link #moveTo}, except where no piece can precede it.
     */
    private long next = Long.MAX_VALUE;

    /**
     * Number of the last publication that was written; {@link #NONE} if that is not known. Up to
     * date where it matters: in a format with deltas.
     */
    private long last = NONE;

    /** Index in {@link #cursors}; -1 after the cursor has left. */
    private int index;

    /** While set, {@link #next} only marks what the tail has to keep until the reading ends. */
    private @Nullable Reading reading;

    private long skipped;

    private TailCursor(Connection connection, int index) {
      this.connection = connection;
      this.output = connection.output();
      this.index = index;
    }

    Connection connection() {
      return connection;
    }

    Tail tail() {
      return Tail.this;
    }

    boolean hasLeft() {
      return index < 0;
    }

    @Override
    public Position position() {
      if (reading != null) {
        return reading.position();
      }
      return branch.epoch() == 0
          ? Position.NONE
          : new Position(branch.epoch(), offset - (end - next));
    }

    @Override
    public void leave() {
      if (hasLeft()) {
        return;
      }
      TailCursor last = cursors.remove(cursors.size() - 1);
      if (last != this) {
        cursors.set(index, last);
        last.index = index;
      }
      index = -1;
      movedFrom(next);
      owner.left(Tail.this, this);
    }

    @Override
    public void drained() {
      if (hasLeft()) {
        return;
      }
      if (reading != null) {
        reading.drained();
      } else {
        writePieces();
      }
    }

    /** Returns whether the next publication can be written now. */
    private boolean isReady() {
      return reading == null && output.isWritable();
    }

    /** Returns whether the connection was sent the publication before the next one. */
    private boolean hasBefore() {
      return last == next - 1;
    }

    /** Must be called when the connection was sent the publication before the next one. */
    void markBefore() {
      last = next - 1;
    }

    /** Starts a reading of older publications, or ends it if null. */
    void reading(@Nullable Reading changed) {
      reading = changed;
    }

    /** Moves past everything that was appended. The tail keeps what follows. */
    void moveToEnd() {
      moveTo(end);
    }

    /** The log does not continue at this cursor, which goes on at the end of the tail. */
    private void lost() {
      last = NONE;
      moveToEnd();
      tell(new Notice(Tail.this.position(), Notice.Kind.LOST, 0));
    }

    private void moveTo(long number) {
      long before = next;
      next = number;
      movedFrom(before);
    }

    /**
     * Continues in the tail directly after a position that a reading has reached.
     *
     * @param hasBefore whether the connection was sent the publication at that position
     * @return false if the tail does not have everything that follows; nothing has changed then
     */
    boolean continueAfter(Position reached, boolean hasBefore) {
      long number = end + (reached.offset() - offset);
      if (branch.epoch() != reached.epoch() || number < next || number < pieces.oldest()) {
        return false;
      }
      moveTo(number);
      last = hasBefore ? number - 1 : NONE;
      reading = null;
      writePieces();
      return true;
    }

    /** Writes the pieces that this cursor still needs, while its socket is writable. */
    private void writePieces() {
      if (skipped > 0 && isReady()) {
        long count = skipped;
        skipped = 0;
        if (!tell(new Notice(position(), Notice.Kind.SKIPPED, count))) {
          return;
        }
      }
      long before = next;
      while (next < pieces.end() && !hasLeft() && isReady()) {
        Map.Entry<Long, Encoded> entry = pieces.at(next);
        write(entry.getKey(), entry.getValue());
        moveTo(pieces.endOf(entry.getKey()));
      }
      if (next > before) {
        output.flush();
      }
    }

    /** Writes what the connection is sent of the rest of a piece, without a flush. */
    private void write(long first, Encoded piece) {
      String id = connection.id();
      piece.write((int) (next - first), id, hasBefore(), output, counts);
      int written = piece.last(id);
      if (deltas && first + written >= next) {
        last = first + written;
      }
    }

    private void skipTo(long number) {
      if (next < number) {
        if (skipped == 0) {
          boolean latest = options.slowConsumer() == SlowConsumer.LATEST;
          counts.add(latest ? Count.SLOW_LATEST : Count.SLOW_SKIPPING, 1);
        }
        counts.add(Count.SKIPPED, number - next);
        skipped += number - next;
        moveTo(number);
      }
    }

    /**
     * Sends a notice to the connection.
     *
     * @return false if the connection is closed or has left as a result
     */
    boolean tell(Notice notice) {
      if (connection.tell(notice) && !hasLeft()) {
        return true;
      }
      leave();
      return false;
    }

    void close(CloseReason reason) {
      leave();
      connection.close(reason);
    }
  }
}
