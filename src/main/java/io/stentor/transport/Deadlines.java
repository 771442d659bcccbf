package io.stentor.transport;

import io.netty.channel.EventLoop;
import io.stentor.timer.TimerWheel;
import java.util.ArrayList;
import java.util.List;

/**
 * Looks every second after the connections of one event loop that are not a WebSocket or an event
 * stream yet. One timer for all. Belongs to that loop.
 */
final class Deadlines {
  private final List<Deadline> all = new ArrayList<>();
  private int now = 1;

  Deadlines(EventLoop loop) {
    TimerWheel.of(loop).every(1000, this::everySecond);
  }

  /** Seconds since this object was made, and one; never 0. */
  int now() {
    return now;
  }

  void add(Deadline deadline) {
    deadline.index = all.size();
    all.add(deadline);
  }

  void remove(Deadline deadline) {
    if (deadline.index >= 0) {
      Deadline last = all.remove(all.size() - 1);
      if (last != deadline) {
        all.set(deadline.index, last);
        last.index = deadline.index;
      }
      deadline.index = -1;
    }
  }

  private void everySecond() {
    now++;
    for (int i = all.size() - 1; i >= 0; i--) {
      all.get(i).look(now);
    }
  }
}
