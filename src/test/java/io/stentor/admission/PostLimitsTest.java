package io.stentor.admission;

import static io.stentor.support.PostingClient.body;
import static io.stentor.support.PostingClient.publish;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stentor.support.LineStream;
import io.stentor.support.NodeInProcess;
import io.stentor.support.PostingClient;
import io.stentor.support.RawHttp;
import io.stentor.support.RawWebSocket;
import io.stentor.support.Scrape;
import io.stentor.support.Warnings;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Limits on commands of the Centrifuge protocol that come over HTTP, gone over on a real node. */
class PostLimitsTest {
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final String OWN = "messagesPerSecondPerConnection";
  private static final String OF_ADDRESS = "messagesPerSecondPerAddress";

  private NodeInProcess node;

  private void start(JsonObject limits) throws IOException {
    JsonObject noPings = new JsonObject().put("pingIntervalSeconds", 0);
    node = NodeInProcess.start(new JsonObject().put("limits", limits).put("webSocket", noPings));
  }

  @AfterEach
  void stop() {
    node.close();
  }

  private double hits(String limit) {
    return Scrape.of(node.port()).get("stentor_limits_hit_total{limit=\"" + limit + "\"}");
  }

  /** Publications with these ids, in one post. */
  private static String publications(int from, int to) {
    return IntStream.range(from, to)
        .mapToObj(id -> publish(id, "c", "" + id))
        .collect(Collectors.joining("\n"));
  }

  private RawHttp.Answer post(PostingClient client, String commands) {
    return PostingClient.post(node.port(), body(client.session(), client.node(), commands));
  }

  /** The same by a proxy, for a client with this address. */
  private RawHttp.Answer postFor(String address, PostingClient client, String commands) {
    String body = body(client.session(), client.node(), commands);
    String from = "X-Forwarded-For: " + address;
    return PostingClient.exchange(
        node.port(), LineStream.request("POST", "/emulation", body, from, "Connection: close"));
  }

  private static void assertRefused(RawHttp.Answer answer, String limit, int allowed) {
    assertThat(answer.status()).as(answer.body()).isEqualTo(429);
    JsonObject problem = new JsonObject(answer.body());
    assertThat(problem.getString("limit")).isEqualTo(limit);
    assertThat(problem.getInteger("allowed")).isEqualTo(allowed);
    assertThat(problem.getString("detail")).contains("limits." + limit);
    assertThat(Integer.parseInt(answer.header("Retry-After"))).isPositive();
  }

  private static void assertAnswered(PostingClient client, int from, int to) {
    for (int id = from; id < to; id++) {
      assertThat(client.next()).startsWith("{\"id\":" + id + ",\"publish\":");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/connection/http_stream", "/connection/sse"})
  void posts_that_come_too_fast_are_refused_whole_until_the_connection_owes_nothing(String path)
      throws IOException {
    start(new JsonObject().put(OWN, 20));
    try (PostingClient client = new PostingClient(node.port(), path);
        PostingClient other = new PostingClient(node.port(), path)) {
      // Forty at once would do, with connect among them; the others are owed.
      assertThat(post(client, publications(2, 52)).status()).isEqualTo(204);
      assertRefused(post(client, publications(52, 53)), OWN, 20);
      assertThat(hits(OWN)).isEqualTo(1);
      assertThat(post(other, publications(2, 3)).status()).isEqualTo(204);
      assertAnswered(other, 2, 3);
      assertAnswered(client, 2, 52);
      await().atMost(SOON).until(() -> post(client, publications(60, 61)).status() == 204);
      assertAnswered(client, 60, 61);
    }
  }

  @Test
  void a_proxy_that_nobody_has_named_is_named_once_in_the_log_when_it_meets_a_limit()
      throws IOException {
    start(new JsonObject().put(OF_ADDRESS, 1).put("trustedProxies", new JsonArray()));
    try (Warnings log = new Warnings()) {
      for (int i = 0; i < 8; i++) {
        PostingClient.exchange(
            node.port(),
            "GET /rooms HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 192.0.2.7\r\n"
                + "Connection: close\r\n\r\n");
      }
      assertThat(log.lines())
          .filteredOn(line -> line.contains("limits.trustedProxies"))
          .containsExactly(
              "127.0.0.1 reached the limit messagesPerSecondPerAddress and sends X-Forwarded-For:"
                  + " if it is your proxy, name it in limits.trustedProxies");
    }
  }

  @Test
  void a_dry_run_counts_and_refuses_no_post() throws IOException {
    start(new JsonObject().put(OWN, 1).put("dryRun", true));
    try (PostingClient client = new PostingClient(node.port(), "/connection/http_stream")) {
      client.send(publications(2, 12));
      client.send(publications(12, 13));
      assertAnswered(client, 2, 13);
      assertThat(hits(OWN)).isEqualTo(1);
    }
  }

  @Test
  void each_command_of_a_post_counts_for_the_address_too() throws IOException {
    start(new JsonObject().put(OF_ADDRESS, 10));
    try (PostingClient client = new PostingClient(node.port(), "/connection/http_stream")) {
      assertThat(postFor("203.0.113.1", client, publications(2, 42)).status()).isEqualTo(204);
      assertRefused(postFor("203.0.113.1", client, publications(42, 43)), OF_ADDRESS, 10);
      assertThat(postFor("203.0.113.2", client, publications(42, 43)).status()).isEqualTo(204);
    }
  }

  @Test
  void a_socket_that_only_listens_is_slowed_by_what_it_sends_all_the_same() throws IOException {
    start(new JsonObject().put(OWN, 10));
    try (RawWebSocket client =
        RawWebSocket.connect(node.port(), "/connection/uni_websocket?cf_connect=%7B%7D")) {
      assertThat(client.nextFrame().text()).contains("\"client\"");
      for (int i = 0; i < 40; i++) {
        client.sendText("{}");
      }
      await().atMost(SOON).until(() -> hits(OWN) >= 1);
    }
  }
}
