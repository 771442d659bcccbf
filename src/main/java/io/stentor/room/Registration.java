package io.stentor.room;

import io.stentor.message.RoomName;
import io.vertx.core.Handler;
import io.vertx.core.eventbus.MessageConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This node's one consumer of a room's batches on the event bus, from when it is wanted until it
 * has ended; tried again until it succeeds. Belongs to the room's home loop.
 */
final class Registration {

  private static final long RETRY_MILLIS = 250;

  /** Of so many attempts that fail, one is written as a warning: about 10 s. */
  private static final int WARN_FAILURES = 40;

  private static final Logger LOG = LoggerFactory.getLogger(Registration.class);

  private final RoomName room;
  private final Loop home;
  private final RoomBus bus;
  private @Nullable MessageConsumer<Broadcast> consumer;
  private boolean ended;
  private int failures;

  Registration(RoomName room, Loop home, RoomBus bus) {
    this.room = room;
    this.home = home;
    this.bus = bus;
  }

  /**
   * Registers.
   *
   * @param received gets each batch
   * @param ready runs once the bus will bring what is published from then on
   */
  void begin(Handler<Broadcast> received, Runnable ready) {
    MessageConsumer<Broadcast> registering = bus.consume(room, received);
    consumer = registering;
    registering
        .completion()
        .onComplete(
            (done, failure) ->
                home.run(
                    () -> {
                      if (failure != null) {
                        retry(failure, received, ready);
                      } else {
                        ready.run();
                      }
                    }));
  }

  private void retry(Throwable failure, Handler<Broadcast> received, Runnable ready) {
    if (++failures % WARN_FAILURES == 0) {
      LOG.warn("room {}: cannot be heard yet: {}", room, failure.toString());
    } else {
      LOG.debug("room {}: cannot be heard yet: {}", room, failure.toString());
    }
    if (!ended) {
      home.after(
          RETRY_MILLIS,
          () -> {
            if (!ended) {
              unregister();
              begin(received, ready);
            }
          });
    }
  }

  /** Hears nothing more. */
  void end() {
    ended = true;
    unregister();
  }

  private void unregister() {
    if (consumer != null) {
      consumer.unregister();
      consumer = null;
    }
  }
}
