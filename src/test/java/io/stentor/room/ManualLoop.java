package io.stentor.room;

import io.netty.channel.embedded.EmbeddedChannel;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.util.concurrent.TimeUnit;

/** An event loop that only moves when it is told to, and so does its clock. One thread. */
final class ManualLoop {
  private final EmbeddedChannel channel = new EmbeddedChannel();
  private final Loop loop;

  ManualLoop(Vertx vertx) {
    channel.freezeTime();
    loop =
        new Loop(
            ((VertxInternal) vertx).contextBuilder().withEventLoop(channel.eventLoop()).build());
  }

  Loop loop() {
    return loop;
  }

  /** Runs everything that is due, and what that leads to. */
  void turn() {
    channel.runPendingTasks();
    channel.checkException();
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
