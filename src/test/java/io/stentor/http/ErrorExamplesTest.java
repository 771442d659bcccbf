package io.stentor.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.history.History;
import io.stentor.history.LocalHistory;
import io.stentor.support.Api;
import io.stentor.support.ContractDocument;
import io.stentor.support.NodeInProcess;
import io.stentor.support.RawHttp;
import io.stentor.support.TestEndpoints;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The errors that the contract shows as examples are those that the server answers with. */
class ErrorExamplesTest {
  private static final ContractDocument DOCUMENT = ContractDocument.read();
  private static final JsonObject COMPONENTS = DOCUMENT.json().getJsonObject("components");
  private static final JsonObject EXAMPLES = COMPONENTS.getJsonObject("examples");
  private static final String MESSAGES = "/rooms/lobby/messages";
  private static final String TEXT = "Content-Type: text/plain";

  private static TestEndpoints open;

  @BeforeAll
  static void serve() {
    JsonArray rooms =
        new JsonArray()
            .add(room("news").put("publish", "server"))
            .add(room("quotes:*").put("presence", false))
            .add(room("slow").put("ratePerSecond", 10));
    JsonObject tokens = new JsonObject().put("hmacSecret", "0123456789abcdef0123456789abcdef");
    JsonObject identity = new JsonObject().put("demoLogin", true).put("tokens", tokens);
    open = new TestEndpoints(new JsonObject().put("rooms", rooms).put("identity", identity));
    open.get().router().get("/broken").order(-1).handler(ErrorExamplesTest::fail);
  }

  private static JsonObject room(String match) {
    return new JsonObject().put("match", match);
  }

  private static void fail(RoutingContext ctx) {
    throw new IllegalStateException("as the test wants it");
  }

  @AfterAll
  static void stop() {
    open.close();
  }

  static Set<String> names() {
    return EXAMPLES.fieldNames();
  }

  @ParameterizedTest
  @MethodSource("names")
  void an_example_is_what_the_server_answers(String name) throws IOException {
    JsonObject example = EXAMPLES.getJsonObject(name).getJsonObject("value");
    RawHttp.Answer answer = answer(name);
    JsonObject body = new JsonObject(answer.body());
    if (name.equals("position-not-recoverable")) { // Each log has an epoch of its own.
      assertThat(body.getString("position")).matches("[0-9a-z]{1,8}:1");
      body.put("position", example.getString("position"));
    }
    if (name.equals("request-timeout")) { // The test does not wait for as long as the default.
      body.put("allowed", 30).put("detail", body.getString("detail").replace(" 1 ", " 30 "));
    }
    assertThat(body).isEqualTo(example);
    assertThat(answer.status()).isEqualTo(example.getInteger("status"));
  }

  @Test
  void every_type_of_problem_has_an_example() {
    assertThat(EXAMPLES.stream().map(one -> type(((JsonObject) one.getValue()))).distinct())
        .containsExactlyInAnyOrderElementsOf(
            Stream.of(ProblemType.values()).map(ProblemType::urn).toList());
  }

  @Test
  void every_problem_of_an_operation_has_examples_of_its_status_and_of_the_types_that_it_names() {
    List<String> wrong = new ArrayList<>();
    DOCUMENT.eachResponse(
        (operation, status, response) -> {
          JsonObject problem =
              response
                  .getJsonObject("content", new JsonObject())
                  .getJsonObject("application/problem+json");
          if (problem != null) {
            Set<String> shown = new TreeSet<>();
            JsonObject examples = problem.getJsonObject("examples", new JsonObject());
            for (String name : examples.fieldNames()) {
              JsonObject value = examples.getJsonObject(name).getJsonObject("value");
              shown.add(value.getString("type").replaceAll(".*:", ""));
              if (!status.equals("default") && !status.equals(value.getInteger("status") + "")) {
                wrong.add(operation + " " + status + ": " + name + " has another status");
              }
            }
            Set<String> named = namedTypes(response.getString("description"));
            if (shown.isEmpty() || !named.isEmpty() && !named.equals(shown)) {
              wrong.add(operation + " " + status + ": names " + named + ", shows " + shown);
            }
          }
        });
    assertThat(wrong).isEmpty();
  }

  private static Set<String> namedTypes(String description) {
    Set<String> named = new TreeSet<>();
    for (ProblemType type : ProblemType.values()) {
      String name = type.urn().replaceAll(".*:", "");
      if (description.contains("`" + name + "`")) {
        named.add(name);
      }
    }
    return named;
  }

  private static String type(JsonObject example) {
    return example.getJsonObject("value").getString("type");
  }

  private static RawHttp.Answer answer(String name) throws IOException {
    return switch (name) {
      case "bad-request", "invalid-room", "invalid-position", "not-found", "method-not-allowed" ->
          send(open, EXAMPLES.getJsonObject(name).getString("summary"));
      case "invalid-json" -> post(MESSAGES, "{\"price\":", "Content-Type: application/json");
      case "unauthorized" -> unauthorized();
      case "forbidden" -> post("/rooms/news/messages", "hello", TEXT, "Authorization: " + bearer());
      case "no-such-node" ->
          postJson("/emulation", "{\"session\":\"s\",\"node\":\"n\",\"data\":\"{}\"}");
      case "no-demo-login" -> withoutDemoLogin();
      case "presence-off" -> send(open, "GET /rooms/quotes:ACME/members");
      case "not-acceptable" -> send(open, "GET /rooms", "Accept: text/html");
      case "request-timeout" -> timedOut();
      case "position-not-recoverable" -> notRecoverable();
      case "too-large" -> post(MESSAGES, "x".repeat(65537), TEXT);
      case "path-too-long" -> send(open, "GET /rooms?prefix=" + "x".repeat(9000));
      case "unsupported-media-type" -> post(MESSAGES, "<a/>", "Content-Type: application/xml");
      case "idempotency-conflict" -> conflict();
      case "upgrade-required" -> send(open, "GET /connection/websocket");
      case "too-many-requests" -> tooMany();
      case "headers-too-large" -> send(open, "GET /rooms", "X-Long: " + "x".repeat(9000));
      case "internal" -> send(open, "GET /broken");
      case "draining" -> draining();
      case "unavailable" -> unavailable();
      case "data-directory" -> unwritable();
      default -> throw new AssertionError("nobody knows how to get the example " + name);
    };
  }

  private static RawHttp.Answer send(TestEndpoints to, String request, String... headers) {
    List<String> lines = new ArrayList<>(List.of(request + " HTTP/1.1", "Host: x"));
    lines.addAll(List.of(headers));
    return RawHttp.exchange(to.port(), lines.toArray(String[]::new));
  }

  private static RawHttp.Answer post(String target, String body, String... headers) {
    return Api.post(open.port(), target, body, headers);
  }

  private static RawHttp.Answer postJson(String target, String body) {
    return post(target, body, "Content-Type: application/json");
  }

  private static String bearer() {
    String login = postJson("/demo/login", "{\"name\":\"ann\"}").body();
    return "Bearer " + new JsonObject(login).getString("token");
  }

  private static RawHttp.Answer unauthorized() {
    JsonObject identity = new JsonObject().put("anonymous", false);
    try (TestEndpoints closed = new TestEndpoints(new JsonObject().put("identity", identity))) {
      return send(closed, "GET /rooms");
    }
  }

  private static RawHttp.Answer withoutDemoLogin() {
    try (TestEndpoints defaults = new TestEndpoints(new JsonObject())) {
      String json = "Content-Type: application/json";
      return Api.post(defaults.port(), "/demo/login", "{\"name\":\"ann\"}", json);
    }
  }

  private static RawHttp.Answer timedOut() throws IOException {
    JsonObject limits = new JsonObject().put("bodySeconds", 1);
    try (NodeInProcess node = NodeInProcess.start(new JsonObject().put("limits", limits));
        RawHttp http = new RawHttp(node.port())) {
      String head = "POST " + MESSAGES + " HTTP/1.1\r\nHost: x\r\n" + TEXT + "\r\n";
      return http.send(head + "Content-Length: 5\r\n\r\n").answer();
    }
  }

  private static RawHttp.Answer notRecoverable() {
    try (TestEndpoints fresh = new TestEndpoints(new JsonObject())) {
      Api.post(fresh.port(), MESSAGES, "hello", TEXT);
      return send(fresh, EXAMPLES.getJsonObject("position-not-recoverable").getString("summary"));
    }
  }

  private static RawHttp.Answer conflict() {
    post("/rooms/tea/messages", "one", TEXT, "Idempotency-Key: k");
    return post("/rooms/tea/messages", "another", TEXT, "Idempotency-Key: k");
  }

  private static RawHttp.Answer tooMany() {
    RawHttp.Answer answer = post("/rooms/slow/messages", "hello", TEXT);
    for (int i = 0; i < 1000 && answer.status() == 201; i++) {
      answer = post("/rooms/slow/messages", "hello", TEXT);
    }
    return answer;
  }

  private static RawHttp.Answer draining() {
    try (TestEndpoints stopping = new TestEndpoints(new JsonObject())) {
      stopping.onLoop(
          () -> {
            stopping.get().refuse();
            return true;
          });
      return send(stopping, "GET /rooms");
    }
  }

  /** With logs that cannot be read. */
  private static RawHttp.Answer unavailable() {
    LocalHistory logs = new LocalHistory(System::currentTimeMillis);
    Class<?>[] types = {History.class};
    Object failing =
        Proxy.newProxyInstance(
            ErrorExamplesTest.class.getClassLoader(),
            types,
            (proxy, method, arguments) ->
                method.getReturnType().equals(Future.class)
                    ? Future.failedFuture("as the test wants it")
                    : method.invoke(logs, arguments));
    try (TestEndpoints failed = new TestEndpoints(new JsonObject(), (History) failing)) {
      return send(failed, "GET " + MESSAGES);
    }
  }

  /** With logs that cannot be written to the disk. */
  private static RawHttp.Answer unwritable() {
    Class<?>[] types = {History.class};
    Object full =
        Proxy.newProxyInstance(
            ErrorExamplesTest.class.getClassLoader(),
            types,
            (proxy, method, arguments) -> History.Unwritable.DATA_DIRECTORY);
    try (TestEndpoints failed = new TestEndpoints(new JsonObject(), (History) full)) {
      return Api.post(failed.port(), MESSAGES, "hello", TEXT);
    }
  }
}
