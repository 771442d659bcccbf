package io.stentor.presence;

import io.stentor.message.RoomName;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.tracing.TracingPolicy;

/**
 * The event bus as presence uses it: one address a room, one consumer on each node that watches the
 * room. It is a network of datagrams: best effort, in order per sender only.
 */
class PresenceBus {

  private static final String PREFIX = "stentor.presence.";

  private final EventBus bus;
  private final DeliveryOptions options =
      new DeliveryOptions().setCodecName(PresenceCodec.NAME).setTracingPolicy(TracingPolicy.IGNORE);

  PresenceBus(Vertx vertx) {
    bus = vertx.eventBus();
    bus.registerCodec(new PresenceCodec());
  }

  /** Sends to every node that watches the room, this one included. Losses are not told. */
  void publish(RoomName room, PresenceMessage news) {
    bus.publish(PREFIX + room.value(), news, options);
  }

  /** One consumer. */
  interface Ear {
    /** Changes are certain to arrive only after this. */
    Future<Void> ready();

    /** Ends it. */
    void close();
  }

  /**
   * Registers this node's one consumer of a room. The handler runs on the context of the caller.
   */
  Ear listen(RoomName room, Handler<PresenceMessage> handler) {
    Handler<Message<PresenceMessage>> received = message -> handler.handle(message.body());
    MessageConsumer<PresenceMessage> consumer = bus.consumer(PREFIX + room.value(), received);
    return new Ear() {
      @Override
      public Future<Void> ready() {
        return consumer.completion();
      }

      @Override
      public void close() {
        consumer.unregister();
      }
    };
  }
}
