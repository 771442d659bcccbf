package io.stentor.room;

import io.stentor.message.RoomName;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.tracing.TracingPolicy;

/**
 * The event bus as rooms use it: one address a room, one consumer a room and node. It is a network
 * of datagrams: best effort, in order per sender only.
 */
class RoomBus {

  private static final String PREFIX = "stentor.room.";

  private final EventBus bus;
  private final DeliveryOptions options =
      new DeliveryOptions().setCodecName(BatchCodec.NAME).setTracingPolicy(TracingPolicy.IGNORE);

  RoomBus(Vertx vertx) {
    bus = vertx.eventBus();
    bus.registerCodec(new BatchCodec());
  }

  /** Sends to every node that has the room, this one included. Losses are not told. */
  void publish(RoomName room, Broadcast batch) {
    bus.publish(PREFIX + room.value(), batch, options);
  }

  /**
   * Registers this node's one consumer of a room. The handler runs on the context of the caller.
   * Messages are certain to arrive only after {@link MessageConsumer#completion()}.
   */
  MessageConsumer<Broadcast> consume(RoomName room, Handler<Broadcast> handler) {
    Handler<Message<Broadcast>> received = message -> handler.handle(message.body());
    return bus.consumer(PREFIX + room.value(), received);
  }
}
