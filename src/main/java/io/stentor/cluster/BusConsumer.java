package io.stentor.cluster;

import io.stentor.timer.LoopExecutor;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.MessageConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This node's consumer of one address of the event bus. Registration is retried until it succeeds.
 * Belongs to one event loop.
 */
public final class BusConsumer {

  private static final long RETRY_MILLIS = 250;

  /** One in this many failed attempts is logged as a warning: about every 10 s. */
  private static final int WARN_FAILURES = 40;

  private static final Logger LOG = LoggerFactory.getLogger(BusConsumer.class);

  private final LoopExecutor loop;
  private final Supplier<? extends MessageConsumer<?>> register;
  private @Nullable MessageConsumer<?> consumer;
  private boolean closed;
  private int failures;

  /**
   * Creates a consumer that is not registered yet.
   *
   * @param loop what this consumer belongs to
   * @param register registers it on the event bus; called on the loop, once for each attempt
   */
  public BusConsumer(LoopExecutor loop, Supplier<? extends MessageConsumer<?>> register) {
    this.loop = loop;
    this.register = register;
  }

  /**
   * Registers a consumer for as long as Vert.x runs. Any thread.
   *
   * @return completes when everything published from then on arrives
   */
  public static Future<Void> register(
      Vertx vertx, Supplier<? extends MessageConsumer<?>> register) {
    LoopExecutor loop = LoopExecutor.all(vertx).get(0);
    Promise<Void> registered = Promise.promise();
    loop.run(() -> new BusConsumer(loop, register).start(registered::complete));
    return registered.future();
  }

  /**
   * Registers.
   *
   * @param ready called once, on the loop, when everything published from then on arrives
   */
  public void start(Runnable ready) {
    MessageConsumer<?> registering = register.get();
    consumer = registering;
    registering
        .completion()
        .onComplete((done, failure) -> loop.run(() -> completed(registering, failure, ready)));
  }

  private void completed(
      MessageConsumer<?> registering, @Nullable Throwable failure, Runnable ready) {
    if (closed) {
      return;
    }
    if (failure == null) {
      ready.run();
      return;
    }
    String address = registering.address();
    if (++failures % WARN_FAILURES == 0) {
      LOG.warn("{}: not registered on the event bus yet: {}", address, failure.toString());
    } else {
      LOG.debug("{}: not registered on the event bus yet: {}", address, failure.toString());
    }
    unregister();
    loop.after(
        RETRY_MILLIS,
        () -> {
          if (!closed) {
            start(ready);
          }
        });
  }

  /** Unregisters. Nothing is called afterwards. */
  public void close() {
    closed = true;
    unregister();
  }

  private void unregister() {
    if (consumer != null) {
      consumer.unregister();
      consumer = null;
    }
  }
}
