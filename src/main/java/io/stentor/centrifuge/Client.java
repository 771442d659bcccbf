package io.stentor.centrifuge;

import io.stentor.connection.ControllableConnection;
import io.stentor.identity.Identity;
import io.stentor.identity.Permissions.Verdict;
import io.stentor.identity.TokenClaims.ConnectionClaims;
import io.stentor.identity.TokenClaims.ConnectionClaims.Subscribed;
import io.stentor.message.CloseReason;
import io.stentor.message.Member;
import io.stentor.message.Position;
import io.stentor.message.RoomName;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Who is at the other end of a session, once that is decided, and what servers may do to it. One
 * event loop.
 */
public final class Client implements ControllableConnection {

  private final String id = UUID.randomUUID().toString();
  private final ControllableConnection.Place place = new ControllableConnection.Place();
  private final Session session;
  private final Expiry expiry;
  private final String name;
  private Identity identity;
  private @Nullable String info;

  private Client(Session session, Identity identity, @Nullable String info) {
    this.session = session;
    this.identity = identity;
    this.info = info;
    this.name = session.name();
    this.expiry = new Expiry(session.site().expiries(), () -> close(CloseReason.EXPIRED));
  }

  /** Somebody without a token. */
  static Client anonymous(Session session) {
    return new Client(session, Identity.ANONYMOUS, null);
  }

  /** Somebody with a token. */
  static Client of(Session session, ConnectionClaims claims) {
    Client client = new Client(session, claims.identity(), claims.info());
    client.expiry.at(claims.expiresAt());
    return client;
  }

  /** The client has shown a new token of the same user. */
  void refreshed(ConnectionClaims claims) {
    identity = claims.identity();
    info = claims.info();
    expiry.at(claims.expiresAt());
  }

  /** Names this connection, and no other on any node. */
  String id() {
    return id;
  }

  Identity identity() {
    return identity;
  }

  Expiry expiry() {
    return expiry;
  }

  /** Who this is to the others of a room. */
  Member member(@Nullable String roomInfo) {
    return new Member(id, user(), info, roomInfo);
  }

  void closed() {
    session.site().directory().remove(this);
    expiry.cancel();
  }

  /** By its own word where no token says it. */
  @Override
  public String user() {
    String proved = identity.user();
    return proved.isEmpty() ? name : proved;
  }

  @Override
  public String connection() {
    return id;
  }

  @Override
  public String session() {
    Mailbox mailbox = session.mailbox();
    return mailbox == null ? "" : mailbox.session();
  }

  @Override
  public ControllableConnection.Place place() {
    return place;
  }

  @Override
  public void close(CloseReason reason) {
    session.close(reason);
  }

  @Override
  public void recheck() {
    if (session.site().permissions().admission(identity) != Verdict.ALLOWED) {
      close(CloseReason.MAY_NOT_STAY);
    } else {
      session.subscriptions().recheck();
    }
  }

  /**
   * A server lets the connection last longer, or shorter.
   *
   * @param expiresAt when it ends, in seconds since 1970; 0 for never
   * @param newInfo what others may know of it from now on, as JSON source; null leaves it
   */
  public void refresh(long expiresAt, @Nullable String newInfo) {
    info = newInfo == null ? info : newInfo;
    expiry.at(expiresAt);
    if (!session.speaks()) {
      session.push(Pushes.refresh(expiry));
    }
  }

  /**
   * A server takes the client out of a room, where it is in it.
   *
   * @return complete when the client was told
   */
  public Future<Void> unsubscribe(RoomName room) {
    Subscription subscription = session.subscriptions().get(room);
    if (subscription == null) {
      return Future.succeededFuture();
    }
    Promise<Void> done = Promise.promise();
    subscription
        .opening()
        .whenDecided(
            () -> {
              if (!subscription.isGone()) {
                subscription.end(Pushes.SERVER_UNSUBSCRIBE, "server unsubscribe");
              }
              done.complete();
            });
    return done.future();
  }

  /**
   * A server puts the client into a room, unless it is in it.
   *
   * @param granted as a token would have it
   * @param expiresAt when it ends, in seconds since 1970; 0 for never
   * @param since what the client has seen; null for what comes from now on
   * @return complete when the client was told; fails with a {@link Refusal} where it cannot be in
   *     the room
   */
  public Future<Void> subscribe(
      RoomName room, Subscribed granted, long expiresAt, @Nullable Position since) {
    if (session.subscriptions().get(room) != null) {
      return Future.succeededFuture();
    }
    return new ServerSubscription(session, room).begin(granted, expiresAt, since);
  }
}
