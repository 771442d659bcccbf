package io.stentor.room;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.streams.ReadStream;
import org.jspecify.annotations.Nullable;

/** The little of a consumer that a feed uses: that it is registered, and when it ends. */
final class FakeConsumer implements MessageConsumer<Broadcast> {
  private final Loop home;
  private final Handler<Broadcast> receives;
  private final Future<Void> completion;
  private boolean registered = true;

  /** Hears on the loop that is its home. */
  FakeConsumer(Loop home, Handler<Broadcast> receives, Future<Void> completion) {
    this.home = home;
    this.receives = receives;
    this.completion = completion;
  }

  void receive(Broadcast batch) {
    home.run(
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
  public MessageConsumer<Broadcast> exceptionHandler(@Nullable Handler<Throwable> handler) {
    return this;
  }

  @Override
  public MessageConsumer<Broadcast> handler(@Nullable Handler<Message<Broadcast>> handler) {
    return this;
  }

  @Override
  public MessageConsumer<Broadcast> pause() {
    return this;
  }

  @Override
  public MessageConsumer<Broadcast> resume() {
    return this;
  }

  @Override
  public MessageConsumer<Broadcast> fetch(long amount) {
    return this;
  }

  @Override
  public MessageConsumer<Broadcast> endHandler(@Nullable Handler<Void> handler) {
    return this;
  }

  @Override
  public ReadStream<Broadcast> bodyStream() {
    throw new UnsupportedOperationException();
  }
}
