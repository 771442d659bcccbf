package io.stentor.presence;

import io.stentor.message.RoomName;
import io.vertx.core.Handler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This node's consumer of one room's changes, which is tried again until it is registered. Belongs
 * to the room's home loop.
 */
final class Hearing {

  private static final long RETRY_MILLIS = 250;

  /** Of so many attempts that fail, one is written as a warning: about 10 s. */
  private static final int WARN_FAILURES = 40;

  private static final Logger LOG = LoggerFactory.getLogger(Hearing.class);

  private final RoomName room;
  private final PresenceLoop home;
  private final PresenceBus bus;
  private PresenceBus.@Nullable Ear ear;
  private boolean closed;
  private int failures;

  Hearing(RoomName room, PresenceLoop home, PresenceBus bus) {
    this.room = room;
    this.home = home;
    this.bus = bus;
  }

  /**
   * Registers.
   *
   * @param ready called once, when nothing is missed any more
   */
  void start(Handler<PresenceMessage> received, Runnable ready) {
    PresenceBus.Ear registering = bus.listen(room, received);
    ear = registering;
    registering
        .ready()
        .onComplete(
            (done, failure) ->
                home.run(
                    () -> {
                      if (!closed && failure == null) {
                        ready.run();
                      } else if (!closed) {
                        retry(failure, received, ready);
                      }
                    }));
  }

  private void retry(Throwable failure, Handler<PresenceMessage> received, Runnable ready) {
    if (++failures % WARN_FAILURES == 0) {
      LOG.warn("presence in {}: cannot be heard yet: {}", room, failure.toString());
    } else {
      LOG.debug("presence in {}: cannot be heard yet: {}", room, failure.toString());
    }
    unregister();
    home.after(
        RETRY_MILLIS,
        () -> {
          if (!closed) {
            start(received, ready);
          }
        });
  }

  void close() {
    closed = true;
    unregister();
  }

  private void unregister() {
    if (ear != null) {
      ear.close();
      ear = null;
    }
  }
}
