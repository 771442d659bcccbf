package io.stentor.centrifuge;

import io.stentor.identity.Identity;
import io.stentor.identity.TokenClaims.ConnectionClaims;
import io.stentor.message.Member;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The client of a session; anonymous until it sends a token. Confined to one event loop. */
final class Client {

  private final String id = UUID.randomUUID().toString();
  private final String name;
  private final Expiry expiry;
  private Identity identity = Identity.ANONYMOUS;
  private @Nullable String info;

  /**
   * Creates an anonymous client.
   *
   * @param name the name that it chose; empty for none
   * @param expiry the expiry of its connection
   */
  Client(String name, Expiry expiry) {
    this.name = name;
    this.expiry = expiry;
  }

  /** Applies the claims of a valid token. */
  void authenticated(ConnectionClaims claims) {
    identity = claims.identity();
    info = claims.info();
    expiry.at(claims.expiresAt());
  }

  /** Changes what others may see of the client, as JSON source. */
  void setInfo(String info) {
    this.info = info;
  }

  /** Returns the id of this connection, unique in the cluster. */
  String id() {
    return id;
  }

  /** Returns the name that the client chose; empty for none. */
  String name() {
    return name;
  }

  /** Returns the user of the token, or the name that the client chose if there is none. */
  String user() {
    String authenticated = identity.user();
    return authenticated.isEmpty() ? name : authenticated;
  }

  Identity identity() {
    return identity;
  }

  Expiry expiry() {
    return expiry;
  }

  /** Returns the client as a member of a room. */
  Member member(@Nullable String roomInfo) {
    return new Member(id, user(), info, roomInfo);
  }
}
