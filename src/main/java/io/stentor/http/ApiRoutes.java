package io.stentor.http;

import io.stentor.http.Contract.Operation;
import io.stentor.http.Contract.Parameter;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Mounts the operations of the contract. Every described operation must be served, and nothing
 * else.
 */
public final class ApiRoutes {

  /** Request headers that a page may send to every operation. */
  private static final Set<String> EVERYWHERE = Set.of("Authorization", "X-API-Key");

  private ApiRoutes() {}

  /**
   * Adds the routes of every operation. A request passes the origin check, the contract check and
   * then the operation's handler. Methods that a path does not support are answered with 405.
   *
   * @param handlers the handlers by {@code operationId}
   * @throws IllegalStateException if an operation has no handler, or a handler has no operation
   */
  public static void mount(
      Router router,
      Contract contract,
      AllowedOrigins origins,
      Map<String, Handler<RoutingContext>> handlers) {
    requireSame(contract, handlers.keySet());
    byRoute(contract)
        .forEach(
            (path, operations) -> {
              router.route(path).handler(origins.handler(methods(operations), headers(operations)));
              for (Operation operation : operations) {
                route(router, operation, path)
                    .handler(new RequestCheck(operation))
                    .handler(handlers.get(operation.id()));
              }
              router.route(path).handler(Problem.onlyAllows(methods(operations)));
            });
  }

  /** Creates the route of an operation. A GET route also serves HEAD (RFC 9110, section 9.3.2). */
  private static Route route(Router router, Operation operation, String path) {
    Route route = router.route(operation.method(), path);
    return operation.method().equals(HttpMethod.GET) ? route.method(HttpMethod.HEAD) : route;
  }

  private static void requireSame(Contract contract, Set<String> mounted) {
    Set<String> described =
        contract.operations().stream().map(Operation::id).collect(Collectors.toSet());
    Set<String> unserved = new TreeSet<>(described);
    unserved.removeAll(mounted);
    Set<String> undescribed = new TreeSet<>(mounted);
    undescribed.removeAll(described);
    if (!unserved.isEmpty() || !undescribed.isEmpty()) {
      throw new IllegalStateException(
          "the contract and the routes differ: described and not served "
              + unserved
              + ", served and not described "
              + undescribed);
    }
  }

  private static Map<String, List<Operation>> byRoute(Contract contract) {
    return contract.operations().stream()
        .collect(Collectors.groupingBy(Operation::route, LinkedHashMap::new, Collectors.toList()));
  }

  private static Set<HttpMethod> methods(List<Operation> operations) {
    Set<HttpMethod> methods = new LinkedHashSet<>();
    for (Operation operation : operations) {
      methods.add(operation.method());
      if (operation.method().equals(HttpMethod.GET)) {
        methods.add(HttpMethod.HEAD);
      }
    }
    return methods;
  }

  private static Set<String> headers(List<Operation> operations) {
    Set<String> names = new TreeSet<>(EVERYWHERE);
    for (Operation operation : operations) {
      if (!operation.takes().isEmpty()) {
        names.add("Content-Type");
      }
      operation.parameters().stream()
          .filter(parameter -> parameter.place() == Parameter.Place.HEADER)
          .map(Parameter::name)
          .forEach(names::add);
    }
    return names;
  }
}
