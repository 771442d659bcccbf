package io.stentor.presence;

import io.netty.channel.EventLoop;
import io.stentor.message.RoomName;
import io.stentor.timer.TimerWheel;
import io.vertx.core.internal.ContextInternal;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One event loop and the presence of the rooms whose home it is. Its maps are touched on its thread
 * only.
 */
final class PresenceLoop implements Executor {

  final Map<RoomName, OwnMembers> own = new HashMap<>();
  final Map<RoomName, View> views = new HashMap<>();

  private final ContextInternal context;
  private final EventLoop thread;
  private @Nullable Runnable whenNobody;

  PresenceLoop(ContextInternal context) {
    this.context = context;
    this.thread = context.nettyEventLoop();
  }

  /** This node's last member in a room has been signed off. */
  void remove(RoomName room, OwnMembers members) {
    own.remove(room, members);
    callIfNobody();
  }

  /** Has this called, once, as soon as this node has no members here that the others know of. */
  void whenNobody(Runnable call) {
    whenNobody = call;
    callIfNobody();
  }

  private void callIfNobody() {
    Runnable call = whenNobody;
    if (call != null && own.isEmpty()) {
      whenNobody = null;
      call.run();
    }
  }

  /** Runs the task on this loop: now if this is its thread, else in the order of the calls. */
  void run(Runnable task) {
    if (thread.inEventLoop()) {
      task.run();
    } else {
      execute(task);
    }
  }

  /** Runs the task after everything that has reached this loop by now. */
  @Override
  public void execute(Runnable task) {
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
