package io.stentor.history;

import io.stentor.message.Position;
import io.stentor.message.RoomName;
import java.lang.reflect.Field;
import java.util.Map;

/**
 * Forks logs of a single node, as the smaller side of a split cluster does. For tests of what
 * readers notice.
 */
public final class Forks {
  private Forks() {}

  /**
   * The room's log goes on in another epoch. Its publications after {@code last} are removed, as if
   * only the other side had them.
   *
   * @return the new epoch
   */
  public static long fork(LocalHistory history, RoomName room, long last) {
    Object slot = ((Map<?, ?>) value(history, "slots")).get(room);
    synchronized (slot) {
      RoomLog log = (RoomLog) value(slot, "log");
      long side = Math.max(1, log.side());
      log.enter(side, 0, 0, false);
      log.belongs(side, last);
      long epoch = Epochs.random();
      log.enter(side + 1, 0, epoch, false);
      return epoch;
    }
  }

  /** The position of the newest publication; none if there is no log. */
  public static Position end(LocalHistory history, RoomName room) {
    Object slot = ((Map<?, ?>) value(history, "slots")).get(room);
    if (slot == null) {
      return Position.NONE;
    }
    synchronized (slot) {
      RoomLog log = (RoomLog) value(slot, "log");
      return new Position(log.epoch(), log.top());
    }
  }

  private static Object value(Object of, String field) {
    try {
      Field declared = of.getClass().getDeclaredField(field);
      declared.setAccessible(true);
      return declared.get(of);
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }
}
