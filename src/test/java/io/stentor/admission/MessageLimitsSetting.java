package io.stentor.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.support.NodeInProcess;
import io.stentor.support.RawHttp;
import io.stentor.support.RawWebSocket;
import io.stentor.support.Scrape;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;

/** A node with one limit, and what it says of who met it. */
abstract class MessageLimitsSetting {
  static final Duration SOON = Duration.ofSeconds(20);
  NodeInProcess node;

  void start(JsonObject limits) throws IOException {
    start(limits, new JsonObject());
  }

  void start(JsonObject limits, JsonObject roomDefaults) throws IOException {
    node =
        NodeInProcess.start(
            new JsonObject().put("limits", limits).put("roomDefaults", roomDefaults));
  }

  static JsonObject limits(String name, int value) {
    return new JsonObject().put(name, value);
  }

  @AfterEach
  void stop() {
    node.close();
  }

  double hits(String limit) {
    return Scrape.of(node.port()).get("stentor_limits_hit_total{limit=\"" + limit + "\"}");
  }

  RawHttp.Answer post(String room, String... headers) {
    return RawHttp.exchange(
        node.port(),
        "POST /rooms/" + room + "/messages HTTP/1.1",
        "Host: localhost",
        "Connection: close",
        String.join("\r\n", headers) + (headers.length == 0 ? "X: x" : ""),
        "Content-Type: text/plain",
        "Content-Length: 1\r\n\r\nx");
  }

  static void assertRefused(RawHttp.Answer answer, String limit, int allowed) {
    assertThat(answer.status()).as(answer.body()).isEqualTo(429);
    JsonObject problem = new JsonObject(answer.body());
    assertThat(problem.getString("limit")).isEqualTo(limit);
    assertThat(problem.getInteger("allowed")).isEqualTo(allowed);
    assertThat(problem.getString("detail")).contains(limit);
    assertThat(Integer.parseInt(answer.header("Retry-After"))).isPositive();
  }

  RawWebSocket centrifuge() {
    RawWebSocket client = RawWebSocket.connect(node.port(), "/connection/websocket");
    client.sendText("{\"id\":1,\"connect\":{}}");
    assertThat(client.nextFrame().text()).contains("\"connect\"");
    return client;
  }
}
