package io.stentor.presence;

import io.stentor.cluster.FakeConsumer;
import io.stentor.message.RoomName;
import io.stentor.timer.LoopExecutor;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.MessageConsumer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A bus between the nodes of a test that may drop, delay, reorder and repeat messages, for each
 * consumer separately. Its faults depend on a seed. One thread.
 */
final class FaultyPresenceBus extends PresenceBus {
  int dropPercent;
  int repeatPercent;
  int maxDelayMillis = 1;

  /** Number of changes published. */
  int published;

  private final Map<RoomName, List<FakeConsumer<PresenceMessage>>> consumers = new HashMap<>();
  private final LoopExecutor clock;
  private final Random random;

  FaultyPresenceBus(Vertx vertx, LoopExecutor clock, Random random) {
    super(vertx);
    vertx.eventBus().unregisterCodec(ChangeFormat.NAME); // So that the next bus can register it.
    this.clock = clock;
    this.random = random;
  }

  /** Returns how many nodes have a registered consumer of the room. */
  long consumers(RoomName room) {
    return of(room).stream().filter(MessageConsumer::isRegistered).count();
  }

  private List<FakeConsumer<PresenceMessage>> of(RoomName room) {
    return consumers.computeIfAbsent(room, name -> new CopyOnWriteArrayList<>());
  }

  @Override
  public void publish(RoomName room, PresenceMessage message) {
    published++;
    for (FakeConsumer<PresenceMessage> consumer : of(room)) {
      for (int copies = random.nextInt(100) < repeatPercent ? 2 : 1; copies > 0; copies--) {
        if (random.nextInt(100) >= dropPercent) {
          clock.after(random.nextInt(maxDelayMillis), () -> consumer.receive(message));
        }
      }
    }
  }

  @Override
  public MessageConsumer<PresenceMessage> consume(RoomName room, Handler<PresenceMessage> handler) {
    FakeConsumer<PresenceMessage> consumer =
        new FakeConsumer<>(clock, handler, Future.succeededFuture());
    of(room).add(consumer);
    return consumer;
  }
}
