package io.stentor.room;

import io.netty.channel.EventLoop;
import io.stentor.message.RoomName;
import io.stentor.timer.TimerWheel;
import io.vertx.core.internal.ContextInternal;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * One event loop and what belongs to it alone: the rooms of its connections, and the feeds of the
 * rooms whose home it is. Its maps are touched on its thread only, so nothing here is locked.
 */
class Loop {

  final Map<RoomName, Room> rooms = new HashMap<>();
  final Map<RoomName, Feed> feeds = new HashMap<>();

  /** Cursors of all these rooms. */
  int cursors;

  /** How many feeds had somebody to serve when they were last looked after. Any thread reads. */
  volatile int feedsInUse;

  private final ContextInternal context;
  private final EventLoop thread;

  Loop(ContextInternal context) {
    this.context = context;
    this.thread = context.nettyEventLoop();
  }

  ContextInternal context() {
    return context;
  }

  EventLoop thread() {
    return thread;
  }

  boolean isCurrent() {
    return thread.inEventLoop();
  }

  /** The rooms whose home this is, and the cursors of this loop. */
  Load load() {
    return new Load(feeds.size(), cursors);
  }

  /** Runs the task on this loop: now if this is its thread, else in the order of the calls. */
  void run(Runnable task) {
    if (isCurrent()) {
      task.run();
    } else {
      thread.execute(() -> context.dispatch(task, Runnable::run));
    }
  }

  /** Runs the task after everything that has reached this loop by now. */
  void atEndOfTurn(Runnable task) {
    thread.execute(() -> context.dispatch(task, Runnable::run));
  }

  /** Runs the task on this loop after a while. */
  void after(long millis, Runnable task) {
    thread.schedule(() -> context.dispatch(task, Runnable::run), millis, TimeUnit.MILLISECONDS);
  }

  /** Runs the task on this loop again and again; see {@link TimerWheel#every}. */
  void every(long millis, Runnable task) {
    TimerWheel.of(thread).every(millis, () -> context.dispatch(task, Runnable::run));
  }
}
