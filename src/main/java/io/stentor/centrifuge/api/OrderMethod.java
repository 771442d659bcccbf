package io.stentor.centrifuge.api;

import io.stentor.centrifuge.CommandError;
import io.stentor.cluster.ClusterCall;
import io.stentor.cluster.ClusterCall.Declined;
import io.stentor.connection.ConnectionRegistries;
import io.stentor.connection.ConnectionRegistry;
import io.stentor.connection.ControllableConnection;
import io.stentor.json.JsonFields;
import io.stentor.json.JsonWriter;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Sends orders of one name to every node, which applies them to its connections. Completes when all
 * nodes have done so. Any thread.
 */
final class OrderMethod {

  private final String name;
  private final ConnectionRegistries registries;
  private final ClusterCall nodes;

  OrderMethod(String name, ConnectionRegistries registries, ClusterCall nodes) {
    this.name = name;
    this.registries = registries;
    this.nodes = nodes;
    nodes.answer(name, this::here);
  }

  /** Sends the request unchanged, after checking that it is valid. */
  Future<JsonWriter> call(JsonFields request) {
    ConnectionOrder.of(name, request);
    return nodes
        .ask(name, request.source())
        .map(done -> new JsonWriter().open().close())
        .recover(
            failure ->
                Future.failedFuture(
                    failure instanceof Declined declined
                        ? CommandError.of(declined.code(), declined.reason())
                        : failure));
  }

  private Future<String> here(String request) {
    ConnectionOrder order;
    try {
      order = ConnectionOrder.of(name, JsonFields.of(request.getBytes(StandardCharsets.UTF_8)));
    } catch (CommandError e) { // Valid for a node of another version.
      return declined(e);
    }
    return registries
        .each(registry -> apply(order, registry))
        .map(done -> "")
        .recover(OrderMethod::declined);
  }

  /** Sends an error to the calling node. */
  private static Future<String> declined(Throwable failure) {
    return Future.failedFuture(
        failure instanceof CommandError refusal
            ? new Declined(refusal.code().code(), refusal.message())
            : failure);
  }

  private static Future<Void> apply(ConnectionOrder order, ConnectionRegistry registry) {
    List<Future<Void>> all = new ArrayList<>();
    for (ControllableConnection connection : registry.of(order.target().user())) {
      if (order.target().matches(connection)) {
        all.add(order.apply(connection));
      }
    }
    return Future.all(all).mapEmpty();
  }
}
