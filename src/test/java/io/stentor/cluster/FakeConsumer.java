package io.stentor.cluster;

import io.stentor.timer.LoopExecutor;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.streams.ReadStream;
import org.jspecify.annotations.Nullable;

/** A registered consumer that is given its messages by a test, until it is unregistered. */
public final class FakeConsumer<T> implements MessageConsumer<T> {
  private final LoopExecutor loop;
  private final Handler<T> receives;
  private final Future<Void> completion;
  private boolean registered = true;

  /** Creates a consumer that receives on the loop. */
  public FakeConsumer(LoopExecutor loop, Handler<T> receives, Future<Void> completion) {
    this.loop = loop;
    this.receives = receives;
    this.completion = completion;
  }

  public void receive(T batch) {
    loop.run(
        () -> {
          if (registered) {
            receives.handle(batch);
          }
        });
  }

  @Override
  public boolean isRegistered() {
    return registered;
  }

  @Override
  public Future<Void> completion() {
    return completion;
  }

  @Override
  public Future<Void> unregister() {
    registered = false;
    return Future.succeededFuture();
  }

  @Override
  public String address() {
    return "fake";
  }

  @Override
  public MessageConsumer<T> exceptionHandler(@Nullable Handler<Throwable> handler) {
    return this;
  }

  @Override
  public MessageConsumer<T> handler(@Nullable Handler<Message<T>> handler) {
    return this;
  }

  @Override
  public MessageConsumer<T> pause() {
    return this;
  }

  @Override
  public MessageConsumer<T> resume() {
    return this;
  }

  @Override
  public MessageConsumer<T> fetch(long amount) {
    return this;
  }

  @Override
  public MessageConsumer<T> endHandler(@Nullable Handler<Void> handler) {
    return this;
  }

  @Override
  public ReadStream<T> bodyStream() {
    throw new UnsupportedOperationException();
  }
}
