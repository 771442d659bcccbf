package io.stentor.protocol.centrifuge.api;

import io.stentor.control.Controlled;
import io.stentor.identity.ConnectionClaims.Subscribed;
import io.stentor.identity.SubscriptionOverride;
import io.stentor.message.Position;
import io.stentor.message.RoomName;
import io.stentor.protocol.centrifuge.Client;
import io.stentor.protocol.centrifuge.Fields;
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

  static SubscribeOrder of(Fields request) {
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
  private static @Nullable Position since(@Nullable Fields since) {
    if (since == null) {
      return null;
    }
    try {
      return Position.parse(since.text("epoch") + ":" + since.unsigned("offset"));
    } catch (IllegalArgumentException e) {
      return Position.NONE;
    }
  }

  private static SubscriptionOverride override(@Nullable Fields override) {
    return override == null
        ? SubscriptionOverride.NONE
        : new SubscriptionOverride(
            flag(override, "presence"),
            flag(override, "join_leave"),
            flag(override, "force_recovery"),
            flag(override, "force_positioning"),
            flag(override, "force_push_join_leave"));
  }

  private static @Nullable Boolean flag(Fields override, String name) {
    Fields said = override.object(name);
    return said == null ? null : said.flag("value");
  }

  @Override
  public Future<Void> apply(Controlled connection) {
    return connection instanceof Client client
        ? client.subscribe(room, granted, expireAt, since)
        : Future.succeededFuture();
  }
}
