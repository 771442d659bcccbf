package io.stentor.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stentor.support.ContractDocument;
import io.stentor.support.TestEndpoints;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ContractTest {
  private final Vertx vertx = Vertx.vertx();
  private final ContractDocument document = ContractDocument.read();
  private final Contract contract = Contract.read();

  @AfterEach
  void stop() {
    vertx.close().await();
  }

  @Test
  void the_document_is_openapi_3_1() {
    assertThat(document.errorsAsOpenApi(vertx)).isEmpty();
  }

  @Test
  void every_operation_of_the_document_is_read() {
    assertThat(contract.operations().stream().map(o -> o.method() + " " + o.path()))
        .containsExactlyInAnyOrderElementsOf(document.operations());
  }

  @Test
  void what_is_served_is_what_is_described() {
    try (TestEndpoints endpoints = new TestEndpoints(new JsonObject())) {
      TreeSet<String> served = new TreeSet<>();
      for (Route route : endpoints.get().router().getRoutes()) {
        if (route.getPath() != null
            && route.methods() != null
            && !route.getPath().startsWith("/libraries/")) {
          String path = route.getPath().replaceAll(":(\\w+)", "{$1}");
          route.methods().forEach(method -> served.add(method + " " + path));
        }
      }
      // HEAD comes with GET and is not described.
      served.removeIf(
          one -> one.startsWith("HEAD ") && served.contains(one.replace("HEAD ", "GET ")));
      assertThat(served).containsExactlyInAnyOrderElementsOf(document.operations());
    }
  }

  /** They are served before everything else, see the package of operations, and may change. */
  @Test
  void what_is_there_for_operators_is_no_part_of_the_contract() {
    assertThat(document.operations())
        .noneMatch(operation -> operation.contains("/health") || operation.contains("/metrics"));
  }

  @Test
  void an_operation_that_nobody_serves_is_refused_at_the_start() {
    Map<String, Handler<RoutingContext>> handlers = handlers();
    handlers.remove("getRoom");
    assertThatThrownBy(() -> mount(handlers))
        .hasMessage(
            "the contract and the routes differ: described and not served [getRoom],"
                + " served and not described []");
  }

  @Test
  void a_handler_that_nobody_describes_is_refused_at_the_start() {
    Map<String, Handler<RoutingContext>> handlers = handlers();
    handlers.put("deleteRoom", ctx -> {});
    assertThatThrownBy(() -> mount(handlers))
        .hasMessageContaining("served and not described [deleteRoom]");
  }

  @Test
  void a_keyword_that_nobody_checks_is_refused_at_the_start() {
    JsonObject parameter = new JsonObject().put("name", "limit").put("in", "query");
    JsonObject schema = new JsonObject().put("type", "integer").put("multipleOf", 5);
    assertThatThrownBy(() -> new Contract.Parameter(parameter, schema))
        .hasMessage("the contract's parameter limit has multipleOf, which nobody checks");
  }

  @ParameterizedTest
  @EnumSource(ProblemType.class)
  void every_kind_of_problem_is_described(ProblemType type) throws IOException {
    String row = "| `" + type.urn() + "` | " + type.status() + " | ";
    assertThat(document.source()).contains("    " + row);
    assertThat(Files.readString(Path.of("docs/HTTP.md"))).contains("\n" + row);
  }

  @Test
  void every_described_kind_of_problem_exists() {
    JsonObject schemas = document.json().getJsonObject("components").getJsonObject("schemas");
    List<String> urns = Arrays.stream(ProblemType.values()).map(ProblemType::urn).toList();
    assertThat(schemas.getJsonObject("ProblemType").getJsonArray("enum"))
        .isEqualTo(new JsonArray(urns));
  }

  private Map<String, Handler<RoutingContext>> handlers() {
    Map<String, Handler<RoutingContext>> handlers = new HashMap<>();
    contract.operations().forEach(operation -> handlers.put(operation.id(), ctx -> {}));
    return handlers;
  }

  private void mount(Map<String, Handler<RoutingContext>> handlers) {
    ApiRoutes.mount(
        Router.router(vertx),
        contract,
        new AllowedOrigins(List::of, new NodeUrls("", List::of, List::of)),
        handlers);
  }
}
