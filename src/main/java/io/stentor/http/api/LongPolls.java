package io.stentor.http.api;

import io.netty.channel.EventLoop;
import io.stentor.timer.TimerWheel;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The long polls of one event loop, each with its timer. Belongs to that loop. */
public final class LongPolls {

  /** Longest time that a poll may wait. */
  static final int MAX_SECONDS = 60;

  /** A request that waits. */
  interface Waiting {
    /** Answers without messages. The poll was removed before. */
    void timeOut();
  }

  private final TimerWheel wheel;
  private final Map<Waiting, TimerWheel.Timer> timers = new HashMap<>();
  private boolean closed;

  /** Creates an empty set of polls. */
  public LongPolls(EventLoop loop) {
    wheel = TimerWheel.of(loop);
  }

  /**
   * Adds a poll, which times out unless it is removed before.
   *
   * @param seconds 1 to {@link #MAX_SECONDS}
   * @return false after {@link #closeAll}: nothing waits any more
   */
  boolean add(Waiting poll, int seconds) {
    if (!closed) {
      timers.put(poll, wheel.after(seconds * 1000L, () -> timeOut(poll)));
    }
    return !closed;
  }

  /** Removes a poll. Idempotent. */
  void remove(Waiting poll) {
    TimerWheel.Timer timer = timers.remove(poll);
    if (timer != null) {
      timer.cancel();
    }
  }

  private void timeOut(Waiting poll) {
    remove(poll);
    poll.timeOut();
  }

  /** Number of polls that wait. */
  public int waiting() {
    return timers.size();
  }

  /** Answers all polls, now and from now on. */
  public void closeAll() {
    closed = true;
    List.copyOf(timers.keySet()).forEach(this::timeOut);
  }
}
