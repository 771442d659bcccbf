package io.stentor.centrifuge;

import io.stentor.identity.Identity;
import io.stentor.identity.TokenClaims.ConnectionClaims;
import io.stentor.message.Member;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Identity of the client of a session; anonymous until it shows a token. One event loop. */
final class Client {

  private final String id = UUID.randomUUID().toString();
  private final String name;
  private final Expiry expiry;
  private Identity identity = Identity.ANONYMOUS;
  private @Nullable String info;

  /**
   * Creates an anonymous client.
   *
   * @param name that it gives itself; empty for none
   * @param expiry of its connection
   */
  Client(String name, Expiry expiry) {
    this.name = name;
    this.expiry = expiry;
  }

  /** Takes what a valid token says. */
  void authenticated(ConnectionClaims claims) {
    identity = claims.identity();
    info = claims.info();
    expiry.at(claims.expiresAt());
  }

  /** Changes what others may know of the client, as JSON source. */
  void setInfo(String info) {
    this.info = info;
  }

  /** The id of this connection, unique in the cluster. */
  String id() {
    return id;
  }

  /** The name that it gives itself; empty for none. */
  String name() {
    return name;
  }

  /** The user of the token, or else the name that the client gives itself. */
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
