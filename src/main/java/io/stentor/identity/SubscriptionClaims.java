package io.stentor.identity;

import io.stentor.message.RoomName;
import org.jspecify.annotations.Nullable;

/**
 * What a token for one room says. Immutable; any thread.
 *
 * @param user the claim {@code sub}: the only user that may show the token; empty for one who is
 *     nobody in particular
 * @param room the claim {@code channel}
 * @param client the only connection that may show it; empty for any
 * @param info what others may know of the connection in this room ({@code info} or {@code
 *     b64info}), as JSON source on one line; null where nothing is said
 * @param expiresAt when the subscription ends, in seconds since 1970: {@code expire_at}, else
 *     {@code exp}; 0 means never
 * @param override what is to be otherwise than the room's options say
 */
public record SubscriptionClaims(
    String user,
    RoomName room,
    String client,
    @Nullable String info,
    long expiresAt,
    SubscriptionOverride override) {

  /** Whether this user on this connection may show the token for this room. */
  public boolean fits(String asUser, String connection, RoomName inRoom) {
    return user.equals(asUser)
        && room.equals(inRoom)
        && (client.isEmpty() || client.equals(connection));
  }
}
