package io.stentor.identity;

import io.stentor.config.BuiltInRooms;
import io.stentor.identity.ConnectionClaims.Subscribed;
import io.stentor.identity.Permissions.Action;
import io.stentor.message.Member;
import io.stentor.message.RoomName;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes of a token's claims what a connection or a subscription is to know. */
final class ClaimsReader {

  private static final int MAX_GRANTS = 128;

  private ClaimsReader() {}

  /**
   * @throws IllegalArgumentException when this is no token for a connection
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
   * @throws IllegalArgumentException when this is no token for a subscription
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

  /** No token opens the nodes' own room, whoever signs it. */
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
