package io.stentor.history;

import io.stentor.message.Position;

/**
 * What there is of a log, without its publications. Those that are too old to be read may be
 * counted until the log is used again.
 *
 * @param position behind the newest publication
 * @param oldest offset of the oldest publication; one more than the position's if there is none
 * @param bytes what the publications weigh
 */
public record LogSummary(Position position, long oldest, long bytes) {

  /** Number of publications. */
  public long messages() {
    return position.offset() - oldest + 1;
  }

  static LogSummary of(RoomLog log) {
    return new LogSummary(new Position(log.epoch(), log.top()), log.oldest(), log.bytes());
  }
}
