package io.stentor.presence;

import io.stentor.message.RoomName;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A bus between the nodes of a test, for one room, that may drop, delay, reorder and repeat what it
 * carries, each listener's by itself. Its faults are drawn from a seed. One thread.
 */
final class FaultyPresenceBus extends PresenceBus {
  int dropPercent;
  int repeatPercent;
  int maxDelayMillis = 1;

  /** How many changes were published. */
  int published;

  private final List<Listener> listeners = new CopyOnWriteArrayList<>();
  private final PresenceLoop clock;
  private final Random random;

  private final class Listener implements Ear {
    private final Handler<PresenceMessage> handler;

    Listener(Handler<PresenceMessage> handler) {
      this.handler = handler;
    }

    @Override
    public Future<Void> ready() {
      return Future.succeededFuture();
    }

    @Override
    public void close() {
      listeners.remove(this);
    }
  }

  FaultyPresenceBus(Vertx vertx, PresenceLoop clock, Random random) {
    super(vertx);
    vertx.eventBus().unregisterCodec(PresenceCodec.NAME); // So that the next bus can register it.
    this.clock = clock;
    this.random = random;
  }

  @Override
  void publish(RoomName room, PresenceMessage news) {
    published++;
    for (Listener listener : listeners) {
      for (int copies = random.nextInt(100) < repeatPercent ? 2 : 1; copies > 0; copies--) {
        if (random.nextInt(100) >= dropPercent) {
          clock.after(random.nextInt(maxDelayMillis), () -> receive(listener, news));
        }
      }
    }
  }

  private void receive(Listener listener, PresenceMessage news) {
    if (listeners.contains(listener)) {
      listener.handler.handle(news);
    }
  }

  @Override
  Ear listen(RoomName room, Handler<PresenceMessage> handler) {
    Listener listener = new Listener(handler);
    listeners.add(listener);
    return listener;
  }
}
