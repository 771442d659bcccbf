package io.stentor.admission;

import io.netty.channel.EventLoop;
import io.stentor.timer.TimerWheel;
import java.util.ArrayList;
import java.util.List;

/**
 * Looks every second after the connections of one event loop that are not a WebSocket or an event
 * stream yet. One timer for all. Belongs to that loop.
 */
final class RequestDeadlines {
  private final List<RequestDeadline> all = new ArrayList<>();
  private int now = 1;

  RequestDeadlines(EventLoop loop) {
    TimerWheel.of(loop).every(1000, this::everySecond);
  }

  /** Seconds since this object was made, and one; never 0. */
  int now() {
    return now;
  }

  void add(RequestDeadline deadline) {
    deadline.index = all.size();
    all.add(deadline);
  }

  void remove(RequestDeadline deadline) {
    if (deadline.index >= 0) {
      RequestDeadline last = all.remove(all.size() - 1);
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
