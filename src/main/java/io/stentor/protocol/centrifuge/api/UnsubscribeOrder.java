package io.stentor.protocol.centrifuge.api;

import io.stentor.control.Controlled;
import io.stentor.message.RoomName;
import io.stentor.protocol.centrifuge.Client;
import io.stentor.protocol.centrifuge.Fields;
import io.vertx.core.Future;

/**
 * {@code unsubscribe}: clients of this protocol leave a room, and do not come back by themselves.
 */
record UnsubscribeOrder(Target target, RoomName room) implements Order {

  static UnsubscribeOrder of(Fields request) {
    return new UnsubscribeOrder(Target.of(request), Requests.room(request));
  }

  @Override
  public Future<Void> apply(Controlled connection) {
    return connection instanceof Client client
        ? client.unsubscribe(room)
        : Future.succeededFuture();
  }
}
