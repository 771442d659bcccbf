package io.stentor.room;

import io.stentor.cluster.FakeConsumer;
import io.stentor.message.RoomName;
import io.stentor.room.RoomBus.Broadcast;
import io.stentor.timer.LoopExecutor;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.MessageConsumer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A bus between the nodes of a test that may drop, delay, reorder and repeat what it carries, each
 * consumer's by itself. Its faults are drawn from a seed. One thread.
 */
final class FaultyBus extends RoomBus {
  /** Chance of a loss, and of a second copy, in percent. */
  int dropPercent;

  int repeatPercent;

  /** Longest delay; with one of 0 a batch arrives in the next turn. */
  int maxDelayMillis;

  /** How many batches were published. */
  int published;

  private final Map<RoomName, List<FakeConsumer<Broadcast>>> consumers = new HashMap<>();
  private final LoopExecutor clock;
  private final Random random;

  FaultyBus(Vertx vertx, LoopExecutor clock, Random random) {
    super(vertx);
    vertx.eventBus().unregisterCodec(BatchFormat.NAME); // So that the next bus can register it.
    this.clock = clock;
    this.random = random;
  }

  @Override
  public void publish(RoomName room, Broadcast batch) {
    published++;
    for (FakeConsumer<Broadcast> consumer : consumers.getOrDefault(room, List.of())) {
      for (int copies = random.nextInt(100) < repeatPercent ? 2 : 1; copies > 0; copies--) {
        if (random.nextInt(100) >= dropPercent) {
          send(consumer, batch);
        }
      }
    }
  }

  private void send(FakeConsumer<Broadcast> consumer, Broadcast batch) {
    if (maxDelayMillis == 0) {
      consumer.receive(batch);
    } else {
      clock.after(random.nextInt(maxDelayMillis), () -> consumer.receive(batch));
    }
  }

  @Override
  public MessageConsumer<Broadcast> consume(RoomName room, Handler<Broadcast> handler) {
    LoopExecutor home = Objects.requireNonNull(ManualLoop.running()).loop();
    FakeConsumer<Broadcast> consumer = new FakeConsumer<>(home, handler, Future.succeededFuture());
    consumers.computeIfAbsent(room, name -> new CopyOnWriteArrayList<>()).add(consumer);
    return consumer;
  }
}
