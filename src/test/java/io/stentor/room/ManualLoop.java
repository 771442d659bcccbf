package io.stentor.room;

import io.netty.channel.embedded.EmbeddedChannel;
import io.stentor.timer.LoopExecutor;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * An event loop that only moves when it is told to, and so does its clock. One thread moves all of
 * them, one at a time; what one hands to another waits for that one's turn.
 */
final class ManualLoop {
  private static @Nullable ManualLoop running;

  private final EmbeddedChannel channel = new EmbeddedChannel();
  private final LoopExecutor loop;

  ManualLoop(Vertx vertx) {
    channel.freezeTime();
    VertxInternal internal = (VertxInternal) vertx;
    loop = new Inside(internal.contextBuilder().withEventLoop(channel.eventLoop()).build());
  }

  private final class Inside extends LoopExecutor {
    Inside(ContextInternal context) {
      super(context);
    }

    @Override
    public boolean inEventLoop() {
      return running == ManualLoop.this;
    }
  }

  LoopExecutor loop() {
    return loop;
  }

  /** The loop whose turn it is; null outside of turns. */
  static @Nullable ManualLoop running() {
    return running;
  }

  /** Runs a task as if this loop did. */
  void inside(Runnable task) {
    ManualLoop before = running;
    running = this;
    try {
      task.run();
    } finally {
      running = before;
    }
  }

  /** Whether something is due. */
  boolean isBusy() {
    return channel.hasPendingTasks();
  }

  /** For how long nothing is due; at least one millisecond less than until the next timer. */
  long idleMillis() {
    if (isBusy()) {
      return 0;
    }
    long nanos = channel.runScheduledPendingTasks();
    return nanos < 0 ? Long.MAX_VALUE : Math.max(0, TimeUnit.NANOSECONDS.toMillis(nanos) - 1);
  }

  /** Lets time pass in which nothing is due. */
  void skip(long millis) {
    channel.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
  }

  /** Runs everything that is due, and what that leads to here. */
  void turn() {
    inside(
        () -> {
          channel.runPendingTasks();
          channel.checkException();
        });
  }

  /** Lets time pass, millisecond by millisecond. */
  void advance(long millis) {
    turn();
    for (long i = 0; i < millis; i++) {
      channel.advanceTimeBy(1, TimeUnit.MILLISECONDS);
      turn();
    }
  }
}
