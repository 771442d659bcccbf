package io.stentor.history;

import io.stentor.message.Position;

/** What happens to a log when a cluster splits and heals, for tests of what readers notice. */
public final class Splits {
  private Splits() {}

  /** The copy of a log on another node. */
  public static RoomLog copy(RoomLog log) {
    RoomLog copy = log.with(log.branch());
    copy.belongs(log.side(), log.top());
    return copy;
  }

  /** A log that is used by another side from now on. */
  public static RoomLog enter(RoomLog log, long side, boolean writable) {
    log.enter(side, 0, Epochs.random(), writable);
    return log;
  }

  /** The log of a cluster that is whole again. */
  public static RoomLog merged(RoomLog present, RoomLog coming, long side) {
    RoomLog merged = MergedLogs.of(present, coming, Epochs.random());
    if (merged != present) {
      merged.belongs(0, merged.top());
    }
    return enter(merged, side, true);
  }

  /** Confirms all that a log has. */
  public static void confirm(RoomLog log) {
    log.confirm(new Position(log.epoch(), log.top()));
  }
}
