package io.stentor.websocket;

import io.stentor.config.WebSocketOptions;
import io.stentor.message.CloseReason;
import io.stentor.websocket.Heartbeat.Beat;
import io.stentor.websocket.Heartbeat.Pinged;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Connections that are pinged alike: each once an interval, spread over its seconds. One event
 * loop.
 */
final class PingWheel {

  private final int intervalSeconds;
  private final int timeoutSeconds;
  private final List<List<Pinged>> seconds = new ArrayList<>();
  private int nextSecond;

  /** Nobody is pinged yet. */
  PingWheel(WebSocketOptions options) {
    intervalSeconds = options.pingIntervalSeconds();
    timeoutSeconds = options.pongTimeoutSeconds();
    for (int i = 0; i < Math.max(1, intervalSeconds); i++) {
      seconds.add(new ArrayList<>());
    }
  }

  /** Whether it pings as these options say. */
  boolean isOf(WebSocketOptions options) {
    return intervalSeconds == options.pingIntervalSeconds()
        && timeoutSeconds == options.pongTimeoutSeconds();
  }

  boolean isEmpty() {
    return seconds.stream().allMatch(List::isEmpty);
  }

  /** Begins to ping. A connection just added is not looked at before it was pinged. */
  void add(Pinged connection) {
    Beat beat = connection.beat();
    beat.slot = seconds.get(nextSecond);
    beat.index = beat.slot.size();
    beat.slot.add(connection);
    nextSecond = (nextSecond + 1) % seconds.size();
  }

  /** Forgets a connection, whichever wheel it is on; nothing happens where it is on none. */
  static void remove(Pinged connection) {
    Beat beat = connection.beat();
    List<Pinged> slot = beat.slot;
    if (slot != null) {
      Pinged last = slot.remove(slot.size() - 1);
      if (last != connection) {
        slot.set(beat.index, last);
        last.beat().index = beat.index;
      }
      beat.slot = null;
    }
  }

  void forEach(Consumer<Pinged> action) {
    seconds.forEach(second -> second.forEach(action));
  }

  void closeAll(CloseReason reason) {
    for (List<Pinged> second : seconds) {
      List.copyOf(second).forEach(connection -> connection.close(reason));
    }
  }

  /**
   * Closes the connections that have been silent for a timeout since a ping, and pings those of
   * this second. A connection that still owes an answer is not pinged again.
   *
   * @param now a count of seconds
   */
  void turn(int now) {
    if (intervalSeconds == 0) {
      return;
    }
    List<Pinged> late = seconds.get(Math.floorMod(now - timeoutSeconds, seconds.size()));
    for (int i = late.size() - 1; i >= 0; i--) {
      Pinged connection = late.get(i);
      if (!connection.hasAnswered() && now - connection.beat().pinged >= timeoutSeconds) {
        connection.close(CloseReason.NO_PONG);
      }
    }
    List<Pinged> due = seconds.get(Math.floorMod(now, seconds.size()));
    for (int i = due.size() - 1; i >= 0; i--) {
      Pinged connection = due.get(i);
      if (connection.hasAnswered()) {
        connection.beat().pinged = now;
        connection.ping();
      }
    }
  }
}
