package io.stentor.timer;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.EventExecutor;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** Runs tasks on one event loop, within one Vert.x context. Any thread. */
public class LoopExecutor implements Executor {

  private final ContextInternal context;
  private final EventLoop eventLoop;
  private final TimerWheel timers;

  /** Creates an executor for the context's event loop. */
  public LoopExecutor(ContextInternal context) {
    this.context = context;
    this.eventLoop = context.nettyEventLoop();
    this.timers = TimerWheel.of(eventLoop);
  }

  /** Creates an executor for each event loop of a Vert.x instance. */
  public static List<LoopExecutor> all(Vertx vertx) {
    VertxInternal internal = (VertxInternal) vertx;
    List<LoopExecutor> all = new ArrayList<>();
    for (EventExecutor loop : internal.nettyEventLoopGroup()) {
      all.add(new LoopExecutor(internal.contextBuilder().withEventLoop((EventLoop) loop).build()));
    }
    return all;
  }

  public final EventLoop eventLoop() {
    return eventLoop;
  }

  /** Returns the timers of this event loop. */
  public final TimerWheel timers() {
    return timers;
  }

  /** Returns whether the caller is on this event loop's thread. */
  public boolean inEventLoop() {
    return eventLoop.inEventLoop();
  }

  /** Runs the task immediately if called on this loop's thread, otherwise like {@link #execute}. */
  public final void run(Runnable task) {
    if (inEventLoop()) {
      task.run();
    } else {
      execute(task);
    }
  }

  /** Runs the task after all tasks that were submitted to this loop before. */
  @Override
  public final void execute(Runnable task) {
    eventLoop.execute(() -> context.dispatch(task, Runnable::run));
  }

  /** Runs the task once, after a delay in milliseconds. */
  public final void after(long millis, Runnable task) {
    eventLoop.schedule(() -> context.dispatch(task, Runnable::run), millis, TimeUnit.MILLISECONDS);
  }

  /** Runs the task periodically, with a period in milliseconds; see {@link TimerWheel#every}. */
  public final void every(long millis, Runnable task) {
    timers.every(millis, () -> context.dispatch(task, Runnable::run));
  }
}
