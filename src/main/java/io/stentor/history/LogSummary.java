package io.stentor.history;

import io.stentor.message.Position;

/**
 * A summary of a log, without its publications. Expired publications may be counted until the log
 * is used again.
 *
 * @param position position of the newest publication
 * @param oldest offset of the oldest publication; one more than the position's if there is none
 * @param bytes total weight of the publications, in bytes
 */
public record LogSummary(Position position, long oldest, long bytes) {

  /** Returns the number of publications. */
  public long messages() {
    return position.offset() - oldest + 1;
  }
}
