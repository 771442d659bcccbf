package io.stentor.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stentor.admission.InFlightRequests;
import io.stentor.support.NodeInProcess;
import io.stentor.support.RawHttp;
import io.stentor.support.RawHttp.Answer;
import io.stentor.support.RawWebSocket;
import io.stentor.support.Scrape;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every request is answered, or its connection ends, whatever fails on the way. */
class AnsweredTest {
  private static final String GET = "GET /some?q HTTP/1.1\r\nHost: a\r\n\r\n";

  private static final Map<String, Handler<HttpServerRequest>> FAILING =
      Map.of(
          "at once",
          request -> fail(),
          "at the end of the request",
          request -> request.endHandler(end -> fail()),
          "in a task",
          request -> Vertx.currentContext().runOnContext(turn -> fail()),
          "in a callback",
          request -> Vertx.currentContext().owner().timer(1).onSuccess(fired -> fail()));

  private static void fail() {
    throw new IllegalStateException("on purpose");
  }

  private static int serve(Vertx vertx, Handler<HttpServerRequest> handler) {
    Context context = vertx.getOrCreateContext();
    context.exceptionHandler(ErrorHandlers::thrown);
    CompletableFuture<Integer> port = new CompletableFuture<>();
    context.runOnContext(
        turn -> {
          Future<HttpServer> listening =
              vertx
                  .createHttpServer()
                  .requestHandler(ErrorHandlers.answering(handler))
                  .listen(0, "127.0.0.1");
          listening.onComplete(
              server -> port.complete(server.actualPort()), port::completeExceptionally);
        });
    return port.join();
  }

  @ParameterizedTest
  @ValueSource(strings = {"at once", "at the end of the request", "in a task", "in a callback"})
  void what_is_thrown_while_a_request_is_handled_is_answered_with_500(String when) {
    Vertx vertx = Vertx.vertx();
    try (RawHttp http = new RawHttp(serve(vertx, FAILING.get(when)))) {
      Answer answer = http.send(GET).answer();
      assertThat(answer.status()).isEqualTo(500);
      assertThat(answer.header("content-type")).isEqualTo("application/problem+json");
      assertThat(answer.body()).doesNotContain("on purpose");
    } finally {
      vertx.close().await();
    }
  }

  @Test
  void a_request_that_everybody_forgot_is_answered_and_its_connection_ends() {
    Vertx vertx = Vertx.vertx();
    AtomicReference<Runnable> later = new AtomicReference<>();
    InFlightRequests requests = new InFlightRequests(new GuardedHttp());
    AtomicBoolean waits = new AtomicBoolean();
    int port =
        serve(
            vertx,
            request -> {
              requests.add(request, null);
              Context context = Vertx.currentContext();
              later.set(
                  () ->
                      context.runOnContext(
                          turn -> {
                            requests.check(1, 30);
                            requests.check(30 + InFlightRequests.ANSWER_SECONDS, 30);
                            waits.set(!requests.isEmpty());
                            requests.check(31 + InFlightRequests.ANSWER_SECONDS, 30);
                          }));
            });
    try (RawHttp http = new RawHttp(port)) {
      http.send(GET);
      await().until(() -> later.get() != null);
      later.get().run();
      assertThat(http.answer().status()).isEqualTo(500);
      assertThat(http.isEnded()).isTrue();
      assertThat(waits).as("waits until the last second").isTrue();
      assertThat(requests.isEmpty()).isTrue();
    } finally {
      vertx.close().await();
    }
  }

  @Test
  void an_upgrade_whose_query_cannot_be_decoded_is_told_so_and_keeps_no_place() throws IOException {
    JsonObject limits = new JsonObject().put("connections", 40).put("idleSeconds", 1);
    List<RawHttp> open = new ArrayList<>();
    try (NodeInProcess node = NodeInProcess.start(new JsonObject().put("limits", limits))) {
      for (String path :
          List.of("/", "/rooms/a", "/connection/websocket", "/connection/uni_websocket")) {
        for (String query :
            List.of(
                "since=%zz", "last=%g1", "name=%", "%=1", "token=%", "cf_connect=%zz", "x=%e")) {
          RawHttp http = new RawHttp(node.port());
          open.add(http);
          String[] lines = RawWebSocket.upgrade(path + "?" + query);
          Answer answer = http.send(String.join("\r\n", lines) + "\r\n\r\n").answer();
          assertThat(answer.status()).as(path + query).isEqualTo(400);
          assertThat(answer.body()).contains("The query cannot be decoded");
        }
      }
      await()
          .atMost(Duration.ofSeconds(20))
          .until(
              () ->
                  Scrape.of(node.port()).get("stentor_limits_hit_total{limit=\"idleSeconds\"}")
                      >= 28);
      assertThat(open).allMatch(RawHttp::isEnded);
    } finally {
      open.forEach(RawHttp::close);
    }
  }

  /** The answer to an upgrade that is not ended is still one of HTTP. */
  @ParameterizedTest
  @ValueSource(
      strings = {"/rooms/%zz", "/rooms/%", "/rooms/a%2", "/rooms/a%zz/b", "/%zz", "*", "x:y"})
  void a_path_that_cannot_be_decoded_is_told_so(String path) throws IOException {
    try (NodeInProcess node = NodeInProcess.start(new JsonObject())) {
      Answer upgrade = RawHttp.exchange(node.port(), RawWebSocket.upgrade(path));
      Answer get = RawHttp.get(node.port(), path);
      assertThat(List.of(upgrade, get))
          .allSatisfy(
              answer -> {
                assertThat(answer.status()).isIn(400, 404);
                assertThat(answer.header("content-type")).isEqualTo("application/problem+json");
              });
    }
  }
}
