package io.stentor.room;

import io.stentor.room.Counts.Count;
import java.util.Map;
import java.util.TreeMap;

/**
 * The pieces of a tail that some cursors have still to take, by the number of their first
 * publication. Holds one reference to each.
 */
final class Pieces {

  private final TreeMap<Long, Encoded> byFirst = new TreeMap<>();
  private final Counts counts;
  private long bytes;

  /** No pieces; the bytes of those to come are counted there. */
  Pieces(Counts counts) {
    this.counts = counts;
  }

  boolean isEmpty() {
    return byFirst.isEmpty();
  }

  /** Number of the first publication that is here; there is one. */
  long first() {
    return byFirst.firstKey();
  }

  /** Number after the last publication of the oldest piece; there is one. */
  long endOfOldest() {
    return byFirst.firstKey() + byFirst.firstEntry().getValue().count();
  }

  /** Takes over the reference to the piece. */
  void add(long first, Encoded piece) {
    byFirst.put(first, piece);
    bytes += piece.size();
    counts.add(Count.WAITING_BYTES, piece.size());
  }

  /** Bytes of the rest of the piece that has the publication, which is here. */
  int bytesFrom(long number) {
    Map.Entry<Long, Encoded> entry = byFirst.floorEntry(number);
    return entry.getValue().sizeFrom((int) (number - entry.getKey()));
  }

  /**
   * Writes the rest of the piece that has the publication, which is here.
   *
   * @return number after the last publication written
   */
  long writeFrom(long number, Connection connection) {
    Map.Entry<Long, Encoded> entry = byFirst.floorEntry(number);
    Encoded piece = entry.getValue();
    connection.write(piece.from((int) (number - entry.getKey())));
    return entry.getKey() + piece.count();
  }

  /** Lets go of the pieces that end before the number. */
  void forgetBefore(long number) {
    while (!isEmpty() && endOfOldest() <= number) {
      forgetOldest();
    }
  }

  /** Lets go of the oldest until the others fit; the newest stays in any case. */
  void limit(int maxBytes) {
    while (bytes > maxBytes && byFirst.size() > 1) {
      forgetOldest();
    }
  }

  void clear() {
    while (!isEmpty()) {
      forgetOldest();
    }
  }

  private void forgetOldest() {
    Encoded piece = byFirst.pollFirstEntry().getValue();
    bytes -= piece.size();
    counts.add(Count.WAITING_BYTES, -piece.size());
    piece.release();
  }
}
