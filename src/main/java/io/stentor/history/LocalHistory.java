package io.stentor.history;

import io.stentor.config.RoomOptions;
import io.stentor.message.Position;
import io.stentor.message.RoomName;
import io.vertx.core.Future;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import java.util.function.LongSupplier;

/**
 * The logs of a node that is alone: in its memory, gone with it. Futures are complete on return.
 */
public final class LocalHistory implements History {

  /*
   * Nothing is timed per room. A log lets go of old publications whenever it is used; logs that
   * nobody uses are found by `expire`, which the node calls now and then and which looks at a part
   * of the map each time.
   */

  /**
   * How much longer than its publications an unused log is kept: whoever uses one looks at it at
   * least this often, however short the age limit is.
   */
  private static final int IDLE_MARGIN_SECONDS = 60;

  private static final class Slot {
    private final RoomLog log;
    private long usedMillis;
    private long keepMillis;
    private boolean removed;

    Slot(RoomLog log) {
      this.log = log;
    }
  }

  private final Map<RoomName, Slot> slots = new ConcurrentHashMap<>();
  private final LongSupplier clock;
  private Iterator<Slot> walk = slots.values().iterator();

  /**
   * Empty logs.
   *
   * @param clock milliseconds since 1970
   */
  public LocalHistory(LongSupplier clock) {
    this.clock = clock;
  }

  @Override
  public Future<Appended> append(RoomName room, Batch batch, RoomOptions.History limits) {
    return use(room, limits, (log, now) -> log.append(batch, now, limits));
  }

  @Override
  public Future<Page> read(
      RoomName room, Position after, int maxMessages, int maxBytes, RoomOptions.History limits) {
    return use(room, limits, (log, now) -> log.read(after, maxMessages, maxBytes, now, limits));
  }

  private <T> Future<T> use(
      RoomName room, RoomOptions.History limits, BiFunction<RoomLog, Long, T> operation) {
    Slot slot = slots.computeIfAbsent(room, name -> new Slot(new RoomLog(Epoch.next())));
    synchronized (slot) {
      if (slot.removed) {
        return use(room, limits, operation);
      }
      long now = clock.getAsLong();
      slot.usedMillis = now;
      slot.keepMillis = 1000L * (limits.ageSeconds() + IDLE_MARGIN_SECONDS);
      return Future.succeededFuture(operation.apply(slot.log, now));
    }
  }

  /**
   * Looks at up to {@code count} logs, from where the last call stopped, and removes those that
   * nobody has used for a minute longer than their publications are kept. One caller at a time.
   */
  public void expire(int count) {
    long now = clock.getAsLong();
    for (int i = 0; i < count; i++) {
      if (!walk.hasNext()) {
        walk = slots.values().iterator();
        return;
      }
      Slot slot = walk.next();
      synchronized (slot) {
        if (now - slot.usedMillis > slot.keepMillis) {
          slot.removed = true;
          walk.remove();
        }
      }
    }
  }

  /** Number of logs. */
  public int size() {
    return slots.size();
  }
}
