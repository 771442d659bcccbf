package io.stentor.centrifuge.api;

import io.stentor.connection.ControllableConnection;
import io.stentor.json.JsonFields;
import io.stentor.message.CloseReason;
import io.vertx.core.Future;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import java.util.List;

/**
 * {@code disconnect}: connections end, on every transport.
 *
 * @param spared the names of connections that stay
 */
record DisconnectOrder(Target target, List<String> spared, CloseReason reason) implements Order {

  private static final CloseReason FORCED = new CloseReason(3503, "force disconnect");
  private static final int LEAST_CODE = 3000;

  static DisconnectOrder of(JsonFields request) {
    JsonFields said = request.object("disconnect");
    return new DisconnectOrder(
        Target.of(request), request.texts("whitelist"), said == null ? FORCED : reason(said));
  }

  /** A reason that clients take for what it is: they read an empty one, or JSON, otherwise. */
  private static CloseReason reason(JsonFields said) {
    long code = said.has("code") ? said.number("code") : FORCED.code();
    String text = said.text("reason");
    String reason = text.isEmpty() ? FORCED.reason() : text;
    if (code < LEAST_CODE || code > Short.MAX_VALUE || isJson(reason)) {
      throw wrong();
    }
    try {
      return new CloseReason((int) code, reason);
    } catch (IllegalArgumentException e) {
      throw wrong();
    }
  }

  private static boolean isJson(String reason) {
    try {
      Json.decodeValue(reason);
      return true;
    } catch (DecodeException e) {
      return false;
    }
  }

  private static RuntimeException wrong() {
    return Requests.wrong(
        "disconnect has a code from 3000 to 4999 and a reason of 1 to 123 bytes that is not JSON");
  }

  @Override
  public Future<Void> apply(ControllableConnection connection) {
    if (!spared.contains(connection.connection())) {
      connection.close(reason);
    }
    return Future.succeededFuture();
  }
}
