package io.stentor.admission;

import io.stentor.message.RoomName;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** How fast each room is published to on this node. Any thread. */
public final class RoomRates {
  private final Limits limits;
  private final Map<RoomName, Rate> rates = new ConcurrentHashMap<>();

  RoomRates(Limits limits) {
    this.limits = limits;
  }

  private Rate rate(RoomName room, long now) {
    Rate known = rates.get(room);
    return known != null
        ? known
        : rates.computeIfAbsent(room, r -> new Rate(Limits.BURST_SECONDS, now));
  }

  /**
   * Takes a message that cannot be refused any more.
   *
   * @param perSecond the room's option; 0 for no limit
   * @return for how many nanoseconds its publisher should publish nothing more; mostly 0
   */
  public long take(RoomName room, int perSecond) {
    if (perSecond == 0) {
      return 0;
    }
    long now = limits.nanoTime();
    return told(room, perSecond, rate(room, now).take(1, perSecond, now));
  }

  /**
   * Takes a message if there is room for it.
   *
   * @param perSecond the room's option; 0 for no limit
   * @return 0 where it was taken; else after how many nanoseconds it could be
   */
  public long tryTake(RoomName room, int perSecond) {
    if (perSecond == 0) {
      return 0;
    }
    long now = limits.nanoTime();
    return told(room, perSecond, rate(room, now).tryTake(1, perSecond, now));
  }

  private long told(RoomName room, int perSecond, long wait) {
    if (wait > 0) {
      limits.hits().add(Limit.RATE_PER_SECOND, perSecond, "room " + room.value());
    }
    return limits.isDryRun() ? 0 : wait;
  }

  /** Forgets rooms that nobody has published to of late. */
  void sweep(long nowNanos) {
    rates.values().removeIf(rate -> rate.isFull(nowNanos));
  }

  /** How many are known. */
  int size() {
    return rates.size();
  }
}
