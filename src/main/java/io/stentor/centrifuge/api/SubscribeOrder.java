package io.stentor.centrifuge.api;

import io.stentor.centrifuge.Session;
import io.stentor.connection.ControllableConnection;
import io.stentor.identity.TokenClaims.ConnectionClaims.Subscribed;
import io.stentor.identity.TokenClaims.SubscriptionOverride;
import io.stentor.json.JsonFields;
import io.stentor.message.Position;
import io.stentor.message.RoomName;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/**
 * {@code subscribe}: clients of this protocol are put into a room, whatever they may do by
 * themselves.
 *
 * @param granted as a token would have it
 * @param expireAt when the subscription ends, in seconds since 1970; 0 for never
 * @param since what they have seen; null for what comes from now on
 */
record SubscribeOrder(
    Target target, RoomName room, Subscribed granted, long expireAt, @Nullable Position since)
    implements Order {

  static SubscribeOrder of(JsonFields request) {
    Subscribed granted =
        new Subscribed(
            Requests.source(request, "info", "b64info"),
            Requests.source(request, "data", "b64data"),
            override(request.object("override")));
    return new SubscribeOrder(
        Target.of(request),
        Requests.room(request),
        granted,
        request.unsigned("expire_at"),
        since(request.object("recover_since")));
  }

  /** A place that no log can have is one that cannot be recovered from. */
  private static @Nullable Position since(@Nullable JsonFields since) {
    if (since == null) {
      return null;
    }
    try {
      return Position.parse(since.text("epoch") + ":" + since.unsigned("offset"));
    } catch (IllegalArgumentException e) {
      return Position.NONE;
    }
  }

  private static SubscriptionOverride override(@Nullable JsonFields override) {
    return override == null
        ? SubscriptionOverride.NONE
        : new SubscriptionOverride(
            flag(override, "presence"),
            flag(override, "join_leave"),
            flag(override, "force_recovery"),
            flag(override, "force_positioning"),
            flag(override, "force_push_join_leave"));
  }

  private static @Nullable Boolean flag(JsonFields override, String name) {
    JsonFields said = override.object(name);
    return said == null ? null : said.flag("value");
  }

  @Override
  public Future<Void> apply(ControllableConnection connection) {
    return connection instanceof Session session
        ? session.subscribe(room, granted, expireAt, since)
        : Future.succeededFuture();
  }
}
