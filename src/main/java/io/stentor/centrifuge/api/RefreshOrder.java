package io.stentor.centrifuge.api;

import io.stentor.centrifuge.Session;
import io.stentor.connection.ControllableConnection;
import io.stentor.json.JsonFields;
import io.stentor.message.CloseReason;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/**
 * {@code refresh}: connections of clients of this protocol last longer, or end.
 *
 * @param expired whether they have ended
 * @param expireAt when they end, in seconds since 1970; 0 for never
 * @param info what others may know of them from now on, as JSON source; null leaves it
 */
record RefreshOrder(Target target, boolean expired, long expireAt, @Nullable String info)
    implements Order {

  static RefreshOrder of(JsonFields request) {
    return new RefreshOrder(
        Target.of(request),
        request.flag("expired"),
        request.unsigned("expire_at"),
        Requests.source(request, "info", "b64info"));
  }

  @Override
  public Future<Void> apply(ControllableConnection connection) {
    if (connection instanceof Session session && expired) {
      session.close(CloseReason.EXPIRED);
    } else if (connection instanceof Session session) {
      session.refresh(expireAt, info);
    }
    return Future.succeededFuture();
  }
}
