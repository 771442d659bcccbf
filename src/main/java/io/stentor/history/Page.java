package io.stentor.history;

import io.stentor.message.Position;
import io.stentor.message.Publication;
import java.util.List;

/**
 * A section of a room's log at one moment. Everything in it is replicated.
 *
 * @param branch the log's epoch and ancestry
 * @param oldest offset of the oldest publication that the log still has; {@code top + 1} if there
 *     is none
 * @param top offset of the newest publication; 0 if there never was one
 * @param first offset of the first of {@code publications}; if there are none, the offset that the
 *     next one will have
 * @param publications consecutive, as many as requested
 */
public record Page(
    Branch branch, long oldest, long top, long first, List<Publication> publications) {

  public Page {
    publications = List.copyOf(publications);
  }

  /** Creates a page of a log without publications that ends at a position. */
  public static Page emptyAt(Position end) {
    long next = end.offset() + 1;
    return new Page(new Branch(end.epoch()), next, end.offset(), next, List.of());
  }

  public long epoch() {
    return branch.epoch();
  }

  /** Returns this page as if the log ended at an offset. */
  Page upTo(long end) {
    int count = (int) Math.max(0, Math.min(publications.size(), end - first + 1));
    return end >= top
        ? this
        : new Page(
            branch,
            Math.min(oldest, end + 1),
            end,
            Math.min(first, end + 1),
            publications.subList(0, count));
  }

  /** Returns this page of a branch whose past is known to have some more positions. */
  public Page continuing(List<Position> forks) {
    Branch all = branch;
    for (Position fork : forks) {
      all = all.continuing(fork);
    }
    return all.equals(branch) ? this : new Page(all, oldest, top, first, publications);
  }

  /** Returns the position of the newest publication of the log. */
  public Position end() {
    return new Position(epoch(), top);
  }

  /** Returns the offset of the last of {@code publications}. */
  public long last() {
    return first + publications.size() - 1;
  }

  /** Returns whether the position is in this log or in the past of its branch, kept or not. */
  public boolean includes(Position position) {
    return branch.includes(position) && position.offset() <= top;
  }

  /**
   * Returns whether the log had already reached a position beyond its end, in the same epoch. Then
   * the log that was read is not up to date: it is on a side of a split cluster that does not
   * continue the epoch, and does not know that yet.
   */
  public boolean isBehind(Position position) {
    return position.epoch() == epoch() && position.offset() > top;
  }

  /**
   * Returns whether a reader at this position can go on in this log without missing anything: the
   * log includes the position and still has every publication after it.
   */
  public boolean continues(Position position) {
    return includes(position) && position.offset() + 1 >= oldest;
  }
}
