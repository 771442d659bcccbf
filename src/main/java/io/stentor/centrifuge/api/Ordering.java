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
 * One kind of order: given to every node, and by each node to its connections. Answered when all of
 * them have done it. Any thread.
 */
final class Ordering {

  private final String name;
  private final ConnectionRegistries directories;
  private final ClusterCall nodes;

  Ordering(String name, ConnectionRegistries directories, ClusterCall nodes) {
    this.name = name;
    this.directories = directories;
    this.nodes = nodes;
    nodes.answer(name, this::here);
  }

  /** Nodes are given the request as it came, once it is known to be an order. */
  Future<JsonWriter> call(JsonFields request) {
    Order.of(name, request);
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
    Order order;
    try {
      order = Order.of(name, JsonFields.of(request.getBytes(StandardCharsets.UTF_8)));
    } catch (CommandError e) { // A node of another version has found nothing wrong with it.
      return declined(e);
    }
    return directories
        .each(directory -> apply(order, directory))
        .map(done -> "")
        .recover(Ordering::declined);
  }

  /** A refusal is the same on whichever node the client is. */
  private static Future<String> declined(Throwable failure) {
    return Future.failedFuture(
        failure instanceof CommandError refusal
            ? new Declined(refusal.code().code(), refusal.message())
            : failure);
  }

  private static Future<Void> apply(Order order, ConnectionRegistry directory) {
    List<Future<Void>> all = new ArrayList<>();
    for (ControllableConnection connection : directory.of(order.target().user())) {
      if (order.target().isMet(connection)) {
        all.add(order.apply(connection));
      }
    }
    return Future.all(all).mapEmpty();
  }
}
