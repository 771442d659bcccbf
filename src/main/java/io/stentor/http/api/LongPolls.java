package io.stentor.http.api;

import io.netty.channel.EventLoop;
import io.stentor.timer.TimerWheel;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The waiting long polls of one event loop, each with its timer. Must be used on that event loop
 * only.
 */
public final class LongPolls {

  /** Maximum time in seconds that a poll may wait. */
  static final int MAX_SECONDS = 60;

  /** A waiting request. */
  interface Waiting {
    /** Answers without messages. The poll has already been removed. */
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
   * Adds a poll. It times out unless it is removed first.
   *
   * @param seconds 1 to {@link #MAX_SECONDS}
   * @return false after {@link #closeAll}; the poll was not added
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

  /** Returns the number of waiting polls. */
  public int waiting() {
    return timers.size();
  }

  /** Answers all polls without messages, and rejects further ones. */
  public void closeAll() {
    closed = true;
    List.copyOf(timers.keySet()).forEach(this::timeOut);
  }
}
