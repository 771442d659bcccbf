package io.stentor.timer;

import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;

/**
 * Runs tasks one after the other at a limited rate, so that a sudden event does not make all
 * clients act at once. Confined to one event loop.
 */
public final class Pacer {

  private static final int ROUND_MILLIS = 10;

  private final EventLoop eventLoop;
  private final int perRound;
  private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
  private boolean running;

  /**
   * Creates a pacer without tasks.
   *
   * @param perSecond maximum number of tasks in one second; at least 100
   */
  public Pacer(EventLoop eventLoop, int perSecond) {
    this.eventLoop = eventLoop;
    this.perRound = perSecond * ROUND_MILLIS / 1000;
  }

  /** Runs the task as soon as the rate allows it, in the order of the calls. */
  public void execute(Runnable task) {
    waiting.add(task);
    if (!running) {
      running = true;
      eventLoop.execute(this::round);
    }
  }

  private void round() {
    for (int i = 0; i < perRound && !waiting.isEmpty(); i++) {
      waiting.remove().run();
    }
    running = !waiting.isEmpty();
    if (running) {
      eventLoop.schedule(this::round, ROUND_MILLIS, TimeUnit.MILLISECONDS);
    }
  }
}
