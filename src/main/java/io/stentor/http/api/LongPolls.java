package io.stentor.http.api;

import io.netty.channel.EventLoop;
import io.stentor.timer.TimerWheel;
import java.util.ArrayList;
import java.util.List;

/**
 * The long polls of one event loop and when their time is over. One tick looks after all of them,
 * so that a waiting poll costs no timer. Belongs to that loop.
 */
public final class LongPolls {

  /** Longest that a poll may wait. */
  static final int MAX_SECONDS = 60;

  /** Polls are answered this much too late at most. */
  static final int TICK_MILLIS = 250;

  private static final int TICKS_A_SECOND = 1000 / TICK_MILLIS;

  /** Something that waits. */
  interface Waiting {
    /** Answers without anything. The poll was taken out before. */
    void timeIsOver();

    /** Where it is kept. */
    Place place();
  }

  /** A poll's place among the others. */
  static final class Place {
    private int tick = -1;
    private int index;
  }

  private final List<List<Waiting>> ticks = new ArrayList<>();
  private int now;
  private boolean closed;

  public LongPolls() {
    for (int i = 0; i < MAX_SECONDS * TICKS_A_SECOND + 2; i++) {
      ticks.add(new ArrayList<>());
    }
  }

  public void start(EventLoop loop) {
    TimerWheel.of(loop).every(TICK_MILLIS, this::tick);
  }

  /**
   * Waits.
   *
   * @param seconds 1 to {@link #MAX_SECONDS}
   * @return false once all were sent away: then nothing waits any more
   */
  boolean add(Waiting poll, int seconds) {
    if (closed) {
      return false;
    }
    Place place = poll.place();
    // One more, since the present tick is partly over.
    place.tick = (now + seconds * TICKS_A_SECOND + 1) % ticks.size();
    List<Waiting> due = ticks.get(place.tick);
    place.index = due.size();
    due.add(poll);
    return true;
  }

  /** Forgets a poll, which may have been taken out already. */
  void remove(Waiting poll) {
    Place place = poll.place();
    if (place.tick >= 0) {
      List<Waiting> due = ticks.get(place.tick);
      Waiting last = due.remove(due.size() - 1);
      if (last != poll) {
        due.set(place.index, last);
        last.place().index = place.index;
      }
      place.tick = -1;
    }
  }

  /** Number of polls that wait. */
  public int waiting() {
    return ticks.stream().mapToInt(List::size).sum();
  }

  void tick() {
    now = (now + 1) % ticks.size();
    end(ticks.get(now));
  }

  /** Answers all of them, now and from now on. */
  public void closeAll() {
    closed = true;
    ticks.forEach(this::end);
  }

  private void end(List<Waiting> due) {
    for (Waiting poll : List.copyOf(due)) {
      remove(poll);
      poll.timeIsOver();
    }
  }
}
