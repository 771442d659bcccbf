package io.stentor.centrifuge;

import io.stentor.identity.TokenClaims.ConnectionClaims.Subscribed;
import io.stentor.json.JsonWriter;
import io.stentor.message.Position;
import io.stentor.message.RoomName;
import io.stentor.room.Start;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import org.jspecify.annotations.Nullable;

/** A subscription that a server orders for a client that is connected. One event loop. */
final class ServerSubscription extends Answer {

  private final Session session;
  private final RoomName room;
  private final Subscription subscription;
  private final Promise<Void> done = Promise.promise();

  ServerSubscription(Session session, RoomName room) {
    super(session);
    this.session = session;
    this.room = room;
    this.subscription = new Subscription(session, room, Wanted.NOTHING, this);
  }

  /**
   * Puts the client into the room.
   *
   * @return complete when the client was told; fails with a {@link Refusal}
   */
  Future<Void> begin(Subscribed granted, long expiresAt, @Nullable Position since) {
    run(
        () -> {
          session.subscriptions().add(subscription);
          Terms terms = Terms.of(session, room, granted, expiresAt);
          Start start =
              since != null && terms.recovery() ? new Start.Since(since) : new Start.Live();
          subscription.openAt(
              start,
              terms,
              result -> {
                done(result);
                subscription.live();
              });
        });
    // Where the client is gone meanwhile, there is nobody to be told.
    subscription.opening().whenDecided(done::tryComplete);
    return done.future();
  }

  @Override
  void tell(Session told, JsonWriter result) {
    told.push(Pushes.subscribe(room, result));
  }

  @Override
  void tell(Session told, Refusal refusal) {
    // Before the room is left, which completes what is still open.
    done.tryFail(refusal);
    subscription.leave();
  }
}
