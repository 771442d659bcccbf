package io.stentor.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.support.RawHttp;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ProblemTest {
  private final Vertx vertx = Vertx.vertx();
  private int port;

  @BeforeEach
  void serve() {
    Router router = Router.router(vertx);
    router.get("/known").handler(ctx -> ctx.end("known"));
    router.route("/known").handler(Problem.onlyAllows(List.of(HttpMethod.GET)));
    router
        .get("/broken")
        .handler(
            ctx -> {
              ctx.response().putHeader("Content-Length", "1000").putHeader("ETag", "\"x\"");
              ctx.fail(new IllegalStateException("the password"));
            });
    router.get("/forbidden").handler(ctx -> ctx.fail(403));
    router
        .get("/half")
        .handler(
            ctx -> {
              ctx.response().setChunked(true).write("half");
              ctx.fail(new IllegalStateException("the password"));
            });
    ErrorHandlers.mount(router);
    HttpServer server = vertx.createHttpServer().requestHandler(router);
    server.invalidRequestHandler(ErrorHandlers::invalidRequest);
    port =
        server.listen(0, "127.0.0.1").toCompletionStage().toCompletableFuture().join().actualPort();
  }

  @AfterEach
  void stop() {
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  private static void assertProblem(RawHttp.Answer answer, ProblemType type) {
    assertThat(answer.status()).isEqualTo(type.status());
    assertThat(answer.header("content-type")).isEqualTo("application/problem+json");
    assertThat(answer.header("cache-control")).isEqualTo("no-store");
    JsonObject problem = new JsonObject(answer.body());
    assertThat(problem.fieldNames()).containsExactly("type", "title", "status", "detail");
    assertThat(problem.getString("type")).isEqualTo(type.urn());
    assertThat(problem.getString("title")).isEqualTo(type.title());
    assertThat(problem.getInteger("status")).isEqualTo(type.status());
    assertThat(problem.getString("detail")).endsWith(".");
  }

  @Test
  void an_unknown_path_is_not_found() {
    assertProblem(RawHttp.get(port, "/nothing"), ProblemType.NOT_FOUND);
  }

  @Test
  void a_wrong_method_is_told_the_right_ones() {
    RawHttp.Answer answer = exchange("DELETE /known HTTP/1.1", "Host: localhost");

    assertProblem(answer, ProblemType.METHOD_NOT_ALLOWED);
    assertThat(answer.header("allow")).isEqualTo("GET");
    assertThat(answer.body()).contains("DELETE");
  }

  @Test
  void a_failure_tells_nothing_of_the_inside() {
    RawHttp.Answer answer = RawHttp.get(port, "/broken");

    assertProblem(answer, ProblemType.INTERNAL);
    assertThat(answer.body()).doesNotContain("password", "IllegalState", "io.stentor");
    assertThat(answer.header("etag")).isEmpty();
  }

  @Test
  void a_refusal_of_a_handler_keeps_its_status() {
    assertProblem(RawHttp.get(port, "/forbidden"), ProblemType.FORBIDDEN);
  }

  @Test
  void an_answer_that_has_begun_is_cut_and_not_ended() throws IOException {
    String all = everythingFor("GET /half HTTP/1.1\r\nHost: localhost\r\n\r\n");

    assertThat(all).doesNotContain("password").doesNotEndWith("0\r\n\r\n");
  }

  @Test
  void an_answer_to_head_has_no_body() throws IOException {
    String all =
        everythingFor("HEAD /nothing HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");

    assertThat(all).startsWith("HTTP/1.1 404").endsWith("\r\n\r\n").doesNotContain("detail");
  }

  @Test
  void what_is_not_http_is_a_bad_request() {
    assertProblem(exchange("this is not HTTP"), ProblemType.BAD_REQUEST);
  }

  @Test
  void a_path_that_cannot_be_decoded_is_a_bad_request() {
    assertProblem(RawHttp.get(port, "/%zz"), ProblemType.BAD_REQUEST);
  }

  @Test
  void a_path_that_is_too_long_is_refused() {
    assertProblem(RawHttp.get(port, "/" + "x".repeat(5_000)), ProblemType.PATH_TOO_LONG);
  }

  @Test
  void headers_that_are_too_long_are_refused() {
    RawHttp.Answer answer =
        exchange("GET / HTTP/1.1", "Host: localhost", "X-Long: " + "x".repeat(9_000));

    assertProblem(answer, ProblemType.HEADERS_TOO_LARGE);
  }

  /** Sends a request on a plain socket and returns every byte until the server ends it. */
  private String everythingFor(String request) throws IOException {
    try (Socket socket = new Socket("127.0.0.1", port)) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private RawHttp.Answer exchange(String... lines) {
    return RawHttp.exchange(port, lines);
  }
}
