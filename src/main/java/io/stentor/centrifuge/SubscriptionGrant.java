package io.stentor.centrifuge;

import io.stentor.config.RoomOptions;
import io.stentor.http.LoopContext;
import io.stentor.identity.Grants.Action;
import io.stentor.identity.Identity;
import io.stentor.identity.TokenClaims.ConnectionClaims.Subscribed;
import io.stentor.identity.TokenClaims.SubscriptionClaims;
import io.stentor.identity.TokenClaims.SubscriptionOverride;
import io.stentor.message.RoomName;
import org.jspecify.annotations.Nullable;

/**
 * What a subscription is granted, by the options of the room, the permissions of the client, and
 * the overrides of a token.
 *
 * @param identity of the client in this room
 * @param info what others may know of the client in this room, as JSON source; null for nothing
 * @param data for the client, as JSON source; null for nothing
 * @param expiresAt in seconds since 1970; 0 for never
 * @param recovery whether the client is told positions, and can recover from them
 * @param latest whether it recovers the newest message instead of those that it missed, from any
 *     position and without one; only with {@code recovery}
 * @param deltas whether it can be sent deltas, if it asks
 * @param presence whether the client is a member of the room
 * @param joinLeave whether it is sent joins and leaves, if it asks
 * @param pushJoinLeave whether it is sent joins and leaves even if it does not ask
 * @param byServer whether the server made the subscription
 */
record SubscriptionGrant(
    Identity identity,
    @Nullable String info,
    @Nullable String data,
    long expiresAt,
    boolean recovery,
    boolean latest,
    boolean deltas,
    boolean presence,
    boolean joinLeave,
    boolean pushJoinLeave,
    boolean byServer) {

  /** For a client without a token for the room. */
  static SubscriptionGrant withoutToken(
      LoopContext loop, Client client, RoomName room, boolean byServer) {
    SubscriptionOverride none = SubscriptionOverride.NONE;
    return of(loop, room, client.identity(), null, null, 0, none, byServer);
  }

  /** For a client with a token for the room. */
  static SubscriptionGrant byToken(LoopContext loop, Client client, SubscriptionClaims claims) {
    RoomName room = claims.room();
    Identity identity = client.identity().with(room);
    SubscriptionOverride override = claims.override();
    return of(loop, room, identity, claims.info(), null, claims.expiresAt(), override, false);
  }

  /** For a room that the token of the connection names, or a server subscribes the client to. */
  static SubscriptionGrant byServer(
      LoopContext loop, Client client, RoomName room, Subscribed claims, long expiresAt) {
    Identity identity = client.identity().with(room);
    String info = claims.info();
    return of(loop, room, identity, info, claims.data(), expiresAt, claims.override(), true);
  }

  private static SubscriptionGrant of(
      LoopContext loop,
      RoomName room,
      Identity identity,
      @Nullable String info,
      @Nullable String data,
      long expiresAt,
      SubscriptionOverride override,
      boolean byServer) {
    RoomOptions options = loop.rooms().options(room);
    boolean mayRead = loop.permissions().allow(identity, room, Action.HISTORY);
    boolean recovery = options.history().messages() > 0 && or(override.recovery(), mayRead);
    boolean maySee = loop.permissions().allow(identity, room, Action.PRESENCE);
    return new SubscriptionGrant(
        identity,
        info,
        data,
        expiresAt,
        recovery,
        recovery && options.history().startsWithLatest(),
        recovery && options.allowDelta() && !byServer,
        options.presence() && or(override.presence(), true),
        options.presence() && or(override.pushJoinLeave(), maySee),
        options.presence() && or(override.pushJoinLeave(), maySee && options.pushJoinLeave()),
        byServer);
  }

  private static boolean or(@Nullable Boolean override, boolean otherwise) {
    return override != null ? override : otherwise;
  }
}
