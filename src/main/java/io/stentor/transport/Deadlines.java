package io.stentor.transport;

import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Looks every second after the connections of one event loop that are not a WebSocket or an event
 * stream yet. One timer for all. Belongs to that loop.
 */
final class Deadlines {
  private final List<Guard> guards = new ArrayList<>();
  private int now = 1;

  Deadlines(EventLoop loop) {
    loop.scheduleAtFixedRate(this::everySecond, 1, 1, TimeUnit.SECONDS);
  }

  /** Seconds since this object was made, and one; never 0. */
  int now() {
    return now;
  }

  void add(Guard guard) {
    guard.index = guards.size();
    guards.add(guard);
  }

  void remove(Guard guard) {
    if (guard.index >= 0) {
      Guard last = guards.remove(guards.size() - 1);
      if (last != guard) {
        guards.set(guard.index, last);
        last.index = guard.index;
      }
      guard.index = -1;
    }
  }

  private void everySecond() {
    now++;
    for (int i = guards.size() - 1; i >= 0; i--) {
      guards.get(i).look(now);
    }
  }
}
