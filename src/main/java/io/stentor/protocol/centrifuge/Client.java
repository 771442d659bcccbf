package io.stentor.protocol.centrifuge;

import io.stentor.identity.ConnectionClaims;
import io.stentor.identity.Identity;
import io.stentor.message.CloseReason;
import io.stentor.message.Member;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Who is at the other end of a session, once that is decided. One event loop. */
final class Client {

  private final String id = UUID.randomUUID().toString();
  private final Expiry expiry;
  private final String name;
  private Identity identity;
  private @Nullable String info;

  private Client(Session session, Identity identity, @Nullable String info) {
    this.identity = identity;
    this.info = info;
    this.name = session.name();
    this.expiry = new Expiry(session.site().eventLoop(), () -> session.close(CloseReason.EXPIRED));
  }

  /** Somebody without a token. */
  static Client anonymous(Session session) {
    return new Client(session, Identity.ANONYMOUS, null);
  }

  /** Somebody with a token. */
  static Client of(Session session, ConnectionClaims claims) {
    Client client = new Client(session, claims.identity(), claims.info());
    client.expireAt(session, claims.expiresAt());
    return client;
  }

  /** The client has shown a new token of the same user. */
  void refreshed(Session session, ConnectionClaims claims) {
    identity = claims.identity();
    info = claims.info();
    expireAt(session, claims.expiresAt());
  }

  private void expireAt(Session session, long seconds) {
    expiry.at(session.site().permissions().isInsecure() ? 0 : seconds);
  }

  /** Names this connection, and no other on any node. */
  String id() {
    return id;
  }

  Identity identity() {
    return identity;
  }

  /** Who a token says that this is; empty for nobody in particular. */
  String user() {
    return identity.user();
  }

  Expiry expiry() {
    return expiry;
  }

  /** Who this is to the others of a room; by its own word where no token says it. */
  Member member(@Nullable String roomInfo) {
    String user = user();
    return new Member(id, user.isEmpty() ? name : user, info, roomInfo);
  }

  void closed() {
    expiry.cancel();
  }
}
