package io.stentor.centrifuge;

import io.stentor.config.RoomOptions;
import io.stentor.identity.Grants.Action;
import io.stentor.identity.Identity;
import io.stentor.identity.TokenClaims.ConnectionClaims.Subscribed;
import io.stentor.identity.TokenClaims.SubscriptionClaims;
import io.stentor.identity.TokenClaims.SubscriptionOverride;
import io.stentor.message.RoomName;
import org.jspecify.annotations.Nullable;

/**
 * What a subscription is granted: by the room's options, by what the client may do, and by what its
 * token changes.
 *
 * @param identity who the client is in this room
 * @param info what others may know of the client in this room, as JSON source; null for nothing
 * @param data for the client, as JSON source; null for nothing
 * @param expiresAt when it ends, in seconds since 1970; 0 for never
 * @param recovery whether positions are given, and can be recovered from
 * @param presence whether the client is among the room's members
 * @param joinLeave whether it is told who comes and goes, if it asks
 * @param tellJoinLeave whether it is told even if it does not ask
 * @param byServer whether the server made the subscription
 */
record Terms(
    Identity identity,
    @Nullable String info,
    @Nullable String data,
    long expiresAt,
    boolean recovery,
    boolean presence,
    boolean joinLeave,
    boolean tellJoinLeave,
    boolean byServer) {

  /** For a client that shows no token for the room. */
  static Terms plain(Session session, RoomName room) {
    Identity identity = session.client().identity();
    return of(session, room, identity, null, null, 0, SubscriptionOverride.NONE, false);
  }

  /** For a client with a token for the room. */
  static Terms of(Session session, SubscriptionClaims claims) {
    RoomName room = claims.room();
    Identity identity = session.client().identity().with(room);
    return of(
        session, room, identity, claims.info(), null, claims.expiresAt(), claims.override(), false);
  }

  /** For a room that the connection's token names. */
  static Terms of(Session session, RoomName room, Subscribed claims) {
    return of(session, room, claims, 0);
  }

  /** For a room that a server puts the client into. */
  static Terms of(Session session, RoomName room, Subscribed claims, long expiresAt) {
    Identity identity = session.client().identity().with(room);
    String info = claims.info();
    return of(session, room, identity, info, claims.data(), expiresAt, claims.override(), true);
  }

  /** For a room that a client has named as it connected. */
  static Terms named(Session session, RoomName room) {
    Identity identity = session.client().identity();
    return of(session, room, identity, null, null, 0, SubscriptionOverride.NONE, true);
  }

  private static Terms of(
      Session session,
      RoomName room,
      Identity identity,
      @Nullable String info,
      @Nullable String data,
      long expiresAt,
      SubscriptionOverride override,
      boolean byServer) {
    RoomOptions options = session.site().rooms().options(room);
    boolean reads = session.site().permissions().allow(identity, room, Action.HISTORY);
    boolean sees = session.site().permissions().allow(identity, room, Action.PRESENCE);
    return new Terms(
        identity,
        info,
        data,
        expiresAt,
        options.history().messages() > 0 && or(override.recovery(), reads),
        options.presence() && or(override.presence(), true),
        options.presence() && or(override.pushJoinLeave(), sees),
        options.presence() && or(override.pushJoinLeave(), sees && options.pushJoinLeave()),
        byServer);
  }

  private static boolean or(@Nullable Boolean said, boolean otherwise) {
    return said != null ? said : otherwise;
  }
}
