package io.stentor.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.support.ContractDocument;
import io.stentor.support.RawHttp;
import io.stentor.support.TestEndpoints;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The routes of the API, open to every origin and to one. */
abstract class RoutesSetting {
  static final String MESSAGES = "/rooms/tea/messages";
  static final ContractDocument DOCUMENT = ContractDocument.read();
  static TestEndpoints open;
  static TestEndpoints restricted;

  @BeforeAll
  static void serve() {
    open = new TestEndpoints(new JsonObject());
    JsonObject http = new JsonObject();
    http.put("allowedOrigins", new JsonArray().add("https://example.org").add("app://local"));
    restricted = new TestEndpoints(new JsonObject().put("http", http));
  }

  @AfterAll
  static void stop() {
    open.close();
    restricted.close();
  }

  static RawHttp.Answer send(TestEndpoints to, String method, String target, String... more) {
    List<String> lines = new ArrayList<>(List.of(method + " " + target + " HTTP/1.1", "Host: x"));
    lines.addAll(Arrays.asList(more));
    RawHttp.Answer answer = RawHttp.exchange(to.port(), lines.toArray(String[]::new));
    if (!method.equals("OPTIONS")) {
      DOCUMENT.assertDescribes(method, target, answer);
    }
    return answer;
  }

  static void assertRefused(RawHttp.Answer answer, ProblemType type, String detail) {
    assertThat(answer.body()).contains(type.urn());
    assertThat(new JsonObject(answer.body()).getString("detail")).isEqualTo(detail);
  }
}
