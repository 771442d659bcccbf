package io.stentor.centrifuge.api;

import io.stentor.centrifuge.Session;
import io.stentor.connection.ControllableConnection;
import io.stentor.json.JsonFields;
import io.stentor.message.RoomName;
import io.vertx.core.Future;

/**
 * {@code unsubscribe}: clients of this protocol leave a room, and do not come back by themselves.
 */
record UnsubscribeOrder(Target target, RoomName room) implements Order {

  static UnsubscribeOrder of(JsonFields request) {
    return new UnsubscribeOrder(Target.of(request), Requests.room(request));
  }

  @Override
  public Future<Void> apply(ControllableConnection connection) {
    return connection instanceof Session session
        ? session.unsubscribe(room)
        : Future.succeededFuture();
  }
}
