package io.stentor.identity;

import io.stentor.config.BuiltInRooms;
import io.stentor.identity.Grants.Action;
import io.stentor.identity.TokenClaims.ConnectionClaims.Subscribed;
import io.stentor.message.Member;
import io.stentor.message.RoomName;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The claims of tokens for connections and for subscriptions. Immutable; any thread. */
public final class TokenClaims {

  private static final int MAX_GRANTS = 128;

  private TokenClaims() {}

  /**
   * The claims of a token for a connection.
   *
   * @param user the claim {@code sub}; empty for an anonymous user
   * @param info what others may see of the connection ({@code info} or {@code b64info}), as JSON on
   *     one line; null if there is none
   * @param meta what only servers may see ({@code meta}), likewise
   * @param expiresAt when the connection ends, in seconds since 1970: {@code expire_at}, else
   *     {@code exp}; 0 means never
   * @param rooms the rooms that the server is to join for the client ({@code channels} and {@code
   *     subs}), in the token's order; at most {@value #MAX_ROOMS}
   * @param grants the further permissions of the token ({@code allow})
   */
  public record ConnectionClaims(
      String user,
      @Nullable String info,
      @Nullable String meta,
      long expiresAt,
      Map<RoomName, Subscribed> rooms,
      Grants grants) {

    /** Maximum number of rooms in a token; with more it is invalid. */
    public static final int MAX_ROOMS = 128;

    /** Creates claims that keep the order of the rooms. */
    public ConnectionClaims {
      rooms = Collections.unmodifiableMap(new LinkedHashMap<>(rooms));
    }

    /**
     * A room that the server joins for the client.
     *
     * @param info what others may see of the client in this room, as JSON; null if there is none
     * @param data what the client receives when it joins, as JSON; null if there is none
     * @param override what differs from the room's options
     */
    public record Subscribed(
        @Nullable String info, @Nullable String data, SubscriptionOverride override) {

      /** A room without any of these. */
      static final Subscribed PLAIN = new Subscribed(null, null, SubscriptionOverride.NONE);
    }

    /** The identity that the token proves. */
    public Identity identity() {
      return new Identity.User(user, info, grants, expiresAt);
    }
  }

  /**
   * The claims of a token for one room.
   *
   * @param user the claim {@code sub}: the only user that may use the token; empty for an anonymous
   *     user
   * @param room the claim {@code channel}
   * @param client the only connection that may use it; empty for any
   * @param info what others may see of the connection in this room ({@code info} or {@code
   *     b64info}), as JSON on one line; null if there is none
   * @param expiresAt when the subscription ends, in seconds since 1970: {@code expire_at}, else
   *     {@code exp}; 0 means never
   * @param override what differs from the room's options
   */
  public record SubscriptionClaims(
      String user,
      RoomName room,
      String client,
      @Nullable String info,
      long expiresAt,
      SubscriptionOverride override) {

    /** Returns whether this user on this connection may use the token for this room. */
    public boolean fits(String asUser, String connection, RoomName inRoom) {
      return user.equals(asUser)
          && room.equals(inRoom)
          && (client.isEmpty() || client.equals(connection));
    }
  }

  /**
   * What a token changes for one subscription; null keeps the room's option.
   *
   * @param presence whether the client is among the room's members
   * @param joinLeave whether others are notified when it joins and leaves
   * @param recovery whether it gets positions and can recover from them
   * @param positioning whether its position is checked
   * @param pushJoinLeave whether it is notified when others join and leave
   */
  public record SubscriptionOverride(
      @Nullable Boolean presence,
      @Nullable Boolean joinLeave,
      @Nullable Boolean recovery,
      @Nullable Boolean positioning,
      @Nullable Boolean pushJoinLeave) {

    /** Changes nothing. */
    public static final SubscriptionOverride NONE =
        new SubscriptionOverride(null, null, null, null, null);
  }

  /**
   * Reads the claims of a token for a connection.
   *
   * @throws IllegalArgumentException if the token is not valid for a connection
   */
  static ConnectionClaims connection(Claims claims) {
    if (claims.has("channel")) {
      throw new IllegalArgumentException("it is for a subscription and opens no connection");
    }
    return new ConnectionClaims(
        user(claims),
        claims.source("info", "b64info"),
        claims.source("meta"),
        expiresAt(claims),
        rooms(claims),
        grants(claims.object("allow")));
  }

  /**
   * Reads the claims of a token for a subscription.
   *
   * @throws IllegalArgumentException if the token is not valid for a subscription
   */
  static SubscriptionClaims subscription(Claims claims) {
    if (!claims.has("channel")) {
      throw new IllegalArgumentException("it is for a connection and names no channel");
    }
    return new SubscriptionClaims(
        user(claims),
        room("channel", claims.text("channel")),
        claims.text("client"),
        claims.source("info", "b64info"),
        expiresAt(claims),
        override(claims.object("override")));
  }

  private static String user(Claims claims) {
    String user = claims.text("sub");
    try {
      return user.isEmpty() ? user : Member.checkedUser(user);
    } catch (IllegalArgumentException e) {
      throw Claims.wrong("sub", "the name of a user: " + e.getMessage());
    }
  }

  private static long expiresAt(Claims claims) {
    return claims.time("expire_at", claims.time("exp", 0));
  }

  private static Map<RoomName, Subscribed> rooms(Claims claims) {
    Map<RoomName, Subscribed> rooms = new LinkedHashMap<>();
    for (String name : claims.texts("channels")) {
      rooms.put(room("channels", name), Subscribed.PLAIN);
    }
    Claims subs = claims.object("subs");
    for (String name : subs.names()) {
      Claims one = subs.object(name);
      rooms.put(
          room("subs", name),
          new Subscribed(
              one.source("info", "b64info"),
              one.source("data", "b64data"),
              override(one.object("override"))));
    }
    if (rooms.size() > ConnectionClaims.MAX_ROOMS) {
      throw new IllegalArgumentException(
          "it names more than " + ConnectionClaims.MAX_ROOMS + " channels");
    }
    return rooms;
  }

  /** Reads the name of a room. No token may name the console's room. */
  private static RoomName room(String claim, String name) {
    if (BuiltInRooms.isConsole(name)) {
      throw Claims.wrong(claim, "the name of a room that clients can be in");
    }
    try {
      return new RoomName(name);
    } catch (IllegalArgumentException e) {
      throw Claims.wrong(claim, "the name of a room");
    }
  }

  private static Grants grants(Claims allow) {
    Map<Action, List<String>> patterns = new EnumMap<>(Action.class);
    int count = 0;
    for (Action action : Action.values()) {
      List<String> rooms = allow.texts(action.name().toLowerCase(Locale.ROOT));
      count += rooms.size();
      patterns.put(action, rooms);
    }
    if (count > MAX_GRANTS) {
      throw new IllegalArgumentException("it allows more than " + MAX_GRANTS + " things");
    }
    return count == 0 ? Grants.NONE : new Grants(patterns);
  }

  private static SubscriptionOverride override(Claims claims) {
    return new SubscriptionOverride(
        value(claims, "presence"),
        value(claims, "join_leave"),
        value(claims, "force_recovery"),
        value(claims, "force_positioning"),
        value(claims, "force_push_join_leave"));
  }

  private static @Nullable Boolean value(Claims claims, String name) {
    return claims.object(name).flag("value");
  }
}
