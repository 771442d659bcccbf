package io.stentor.centrifuge.api;

import io.stentor.connection.ControllableConnection;
import io.stentor.json.JsonFields;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/** Something to be done to each of some connections. Done twice, it does no harm. */
interface Order {

  /** How orders are read by their names. */
  Map<String, Function<JsonFields, Order>> READERS =
      Map.of(
          "disconnect", DisconnectOrder::of,
          "unsubscribe", UnsubscribeOrder::of,
          "subscribe", SubscribeOrder::of,
          "refresh", RefreshOrder::of);

  /** All orders that there are. */
  List<String> NAMES = List.of("subscribe", "unsubscribe", "disconnect", "refresh");

  /**
   * Reads an order.
   *
   * @throws io.stentor.centrifuge.CommandError where it cannot be done to anybody
   */
  static Order of(String name, JsonFields request) {
    return Objects.requireNonNull(READERS.get(name)).apply(request);
  }

  Target target();

  /**
   * Does it, where the connection is one to which it can be done. On its event loop.
   *
   * @return complete when it is done
   */
  Future<Void> apply(ControllableConnection connection);
}
