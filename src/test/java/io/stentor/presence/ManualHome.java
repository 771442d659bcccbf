package io.stentor.presence;

import io.netty.channel.embedded.EmbeddedChannel;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.util.concurrent.TimeUnit;

/** A home that only moves when it is told to, and so does its clock. One thread. */
final class ManualHome {
  private final EmbeddedChannel channel = new EmbeddedChannel();
  private final PresenceLoop home;

  ManualHome(Vertx vertx) {
    channel.freezeTime();
    home =
        new PresenceLoop(
            ((VertxInternal) vertx).contextBuilder().withEventLoop(channel.eventLoop()).build());
  }

  PresenceLoop home() {
    return home;
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
