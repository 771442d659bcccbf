package io.stentor.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.support.NodeInProcess;
import io.stentor.support.Ports;
import io.stentor.support.RawHttp;
import io.stentor.support.Scrape;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Health and metrics are served to everybody, and cost a node little whoever asks for them. */
class ProbeLimitsTest {
  private static final String SCRAPER = "X-Forwarded-For: 203.0.113.1";
  private static final int PER_SECOND = 5;

  private final List<RawHttp> open = new ArrayList<>();
  private NodeInProcess node;
  private int metricsPort;

  private void start(JsonObject limits) throws IOException {
    metricsPort = Ports.free();
    node =
        NodeInProcess.start(
            new JsonObject()
                .put("limits", limits)
                .put("metrics", new JsonObject().put("port", metricsPort)));
  }

  @AfterEach
  void stop() {
    open.forEach(RawHttp::close);
    node.close();
  }

  private static RawHttp.Answer get(int port, String path, String header) {
    return RawHttp.exchange(
        port, "GET " + path + " HTTP/1.1", "Host: localhost", "Connection: close", header);
  }

  private double hits() {
    return Scrape.of(metricsPort)
        .get("stentor_limits_hit_total{limit=\"probesPerSecondPerAddress\"}");
  }

  /** Asks until it is refused, and returns that. */
  private static RawHttp.Answer askTooOften(int port, String path) {
    RawHttp.Answer answer = get(port, path, SCRAPER);
    for (int i = 0; i < 200 && answer.status() == 200; i++) {
      answer = get(port, path, SCRAPER);
    }
    return answer;
  }

  private static void assertRefused(RawHttp.Answer answer, int allowed) {
    assertThat(answer.status()).as(answer.body()).isEqualTo(429);
    JsonObject problem = new JsonObject(answer.body());
    assertThat(problem.getString("limit")).isEqualTo("probesPerSecondPerAddress");
    assertThat(problem.getInteger("allowed")).isEqualTo(allowed);
    assertThat(answer.header("Retry-After")).isNotEmpty();
  }

  @Test
  void an_address_that_asks_for_health_too_often_is_told_and_others_are_answered()
      throws IOException {
    start(new JsonObject().put("messagesPerSecondPerAddress", PER_SECOND));
    assertRefused(askTooOften(node.port(), "/health/ready"), PER_SECOND);
    assertThat(get(node.port(), "/health/ready", "X-Forwarded-For: 203.0.113.2").status())
        .isEqualTo(200);
    // A flood of probes leaves the address what else it may ask for, and the other way round.
    assertThat(get(node.port(), "/rooms", SCRAPER).status()).isEqualTo(200);
    assertThat(hits()).isPositive();
  }

  @Test
  void an_address_that_scrapes_a_port_of_its_own_too_often_is_told_too() throws IOException {
    start(new JsonObject().put("messagesPerSecondPerAddress", PER_SECOND));
    assertRefused(askTooOften(metricsPort, "/metrics"), PER_SECOND);
    assertThat(get(metricsPort, "/metrics", "X-Forwarded-For: 203.0.113.2").status())
        .isEqualTo(200);
  }

  @Test
  void connections_to_the_port_of_the_metrics_have_to_ask_for_something_too() throws IOException {
    start(new JsonObject().put("handshakeSeconds", 1).put("idleSeconds", 1));
    RawHttp silent = new RawHttp(metricsPort);
    open.add(silent);
    assertThat(silent.isEnded()).isTrue();
    RawHttp idle = new RawHttp(metricsPort);
    open.add(idle);
    idle.send("GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assertThat(idle.answer().status()).isEqualTo(200);
    assertThat(idle.isEnded()).isTrue();
  }

  @Test
  void a_connection_that_there_is_no_place_for_is_told_the_health_once_and_ends()
      throws IOException {
    start(new JsonObject().put("connections", 1).put("trustedProxies", new JsonArray()));
    RawHttp first = new RawHttp(node.port());
    open.add(first);
    first.send("GET /rooms HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assertThat(first.answer().status()).isEqualTo(200);
    RawHttp second = new RawHttp(node.port());
    open.add(second);
    second.send("GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assertThat(second.answer().status()).isEqualTo(200);
    assertThat(second.isEnded()).isTrue();
  }
}
