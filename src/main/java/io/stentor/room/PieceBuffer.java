package io.stentor.room;

import io.stentor.room.Counts.Count;
import java.util.Map;
import java.util.TreeMap;

/**
 * The newest publications of a tail, from the first one that some cursor still needs, as pieces of
 * consecutive publications. Each piece is shared by all cursors, and ends where the next one
 * starts; the newest one ends at the {@linkplain #end end} of the buffer. Counts the bytes that it
 * keeps. Confined to the event loop of the tail.
 */
final class PieceBuffer {

  private final Counts counts;

  /** Keyed by the number of the first publication. */
  private final TreeMap<Long, Encoded> pieces = new TreeMap<>();

  private long bytes;
  private long end = 1;

  /** Creates an empty buffer, which ends before publication 1. */
  PieceBuffer(Counts counts) {
    this.counts = counts;
  }

  /** Returns one more than the number of the last publication, whether it is kept or not. */
  long end() {
    return end;
  }

  /** Moves the end. The publications before it belong to the newest piece until one is added. */
  void extendTo(long number) {
    end = number;
  }

  /**
   * Returns the number of the oldest publication that is kept, or the {@linkplain #end end} if none
   * is.
   */
  long oldest() {
    return pieces.isEmpty() ? end : pieces.firstKey();
  }

  /** Returns whether the oldest piece has publications after this number, or this one. */
  boolean oldestReaches(long number) {
    return !pieces.isEmpty() && number < endOf(pieces.firstKey());
  }

  /** Returns the piece with this publication, which must be kept, by its first number. */
  Map.Entry<Long, Encoded> at(long number) {
    return pieces.floorEntry(number);
  }

  /** Returns one more than the last number that belongs to the piece with this first number. */
  long endOf(Long first) {
    Long next = pieces.higherKey(first);
    return next == null ? end : next;
  }

  /**
   * Adds the newest piece, from a number to the {@linkplain #end end}. Takes ownership of the
   * reference. Does not keep a piece without bytes if there is a piece before it, which then ends
   * after it.
   *
   * @return whether the piece was kept
   */
  boolean add(long first, Encoded piece) {
    if (piece.size() == 0 && !pieces.isEmpty()) {
      piece.release();
      return false;
    }
    pieces.put(first, piece);
    count(piece.keptBytes());
    return true;
  }

  /** Releases the pieces without publications from this number on. */
  void releaseBefore(long number) {
    while (!pieces.isEmpty() && !oldestReaches(number)) {
      releaseOldest();
    }
  }

  /** Releases the oldest pieces if there are more bytes than this, but never the newest piece. */
  void limit(long mostBytes) {
    while (bytes > mostBytes && pieces.size() > 1) {
      releaseOldest();
    }
  }

  /** Releases everything. */
  void clear() {
    releaseBefore(end);
  }

  private void releaseOldest() {
    Encoded piece = pieces.pollFirstEntry().getValue();
    count(-piece.keptBytes());
    piece.release();
  }

  private void count(int change) {
    bytes += change;
    counts.add(Count.WAITING_BYTES, change);
  }
}
