package io.stentor.presence;

import io.netty.channel.embedded.EmbeddedChannel;
import io.stentor.timer.LoopExecutor;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.util.concurrent.TimeUnit;

/** An event loop whose tasks and clock advance only when a test says so. One thread. */
final class ManualExecutor {
  private final EmbeddedChannel channel = new EmbeddedChannel();
  private final LoopExecutor loop;

  ManualExecutor(Vertx vertx) {
    channel.freezeTime();
    loop =
        new LoopExecutor(
            ((VertxInternal) vertx).contextBuilder().withEventLoop(channel.eventLoop()).build());
  }

  LoopExecutor loop() {
    return loop;
  }

  /** Lets time pass, millisecond by millisecond, and runs what is due. */
  void advance(long millis) {
    channel.runPendingTasks();
    for (long i = 0; i < millis; i++) {
      channel.advanceTimeBy(1, TimeUnit.MILLISECONDS);
      channel.runPendingTasks();
      channel.checkException();
    }
  }
}
