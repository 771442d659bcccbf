package io.stentor.presence;

import java.util.ArrayDeque;
import java.util.Queue;

/**
 * How many calls to the register may be in flight from one home; the next one begins when one ends.
 * Who waits is a room, which waits once. Belongs to the home's loop.
 */
final class CallLimiter {

  private static final int CALLS = 256;

  private final PresenceLoop home;
  private final Queue<Runnable> waiting = new ArrayDeque<>();
  private int free = CALLS;

  CallLimiter(PresenceLoop home) {
    this.home = home;
  }

  /**
   * Runs the call at the end of the turn or as soon as there is room. It has to end by {@link
   * #leave}.
   */
  void enter(Runnable call) {
    if (free > 0) {
      free--;
      home.execute(call);
    } else {
      waiting.add(call);
    }
  }

  /** A call has ended. */
  void leave() {
    Runnable next = waiting.poll();
    if (next == null) {
      free++;
    } else {
      home.execute(next);
    }
  }
}
