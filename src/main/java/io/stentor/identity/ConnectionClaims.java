package io.stentor.identity;

import io.stentor.message.RoomName;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a token for a connection says. Immutable; any thread.
 *
 * @param user the claim {@code sub}; empty where the token names nobody in particular
 * @param info what others may know of the connection ({@code info} or {@code b64info}), as JSON
 *     source on one line; null where nothing is said
 * @param meta what only servers may know ({@code meta}), the same way
 * @param expiresAt when the connection ends, in seconds since 1970: {@code expire_at}, else {@code
 *     exp}; 0 means never
 * @param rooms the rooms that the server is to join for the client ({@code channels} and {@code
 *     subs}), in the token's order; at most {@value #MAX_ROOMS}
 * @param grants what the token allows besides ({@code allow})
 */
public record ConnectionClaims(
    String user,
    @Nullable String info,
    @Nullable String meta,
    long expiresAt,
    Map<RoomName, Subscribed> rooms,
    Grants grants) {

  /** Most rooms in one token; with more it is invalid. */
  public static final int MAX_ROOMS = 128;

  /** Keeps the order of the rooms. */
  public ConnectionClaims {
    rooms = Collections.unmodifiableMap(new LinkedHashMap<>(rooms));
  }

  /**
   * A room that the server joins for the client.
   *
   * @param info what others may know of the client in this room, as JSON source; null where nothing
   *     is said
   * @param data for the client, as JSON source; null where there is none
   * @param override what is to be otherwise than the room's options say
   */
  public record Subscribed(
      @Nullable String info, @Nullable String data, SubscriptionOverride override) {

    /** Of a room that is only named. */
    static final Subscribed PLAIN = new Subscribed(null, null, SubscriptionOverride.NONE);
  }

  /** Who the connection is from now on. */
  public Identity identity() {
    return new Identity.User(user, info, grants, expiresAt);
  }
}
