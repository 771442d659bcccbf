package io.stentor.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stentor.support.ConcurrentTest;
import io.stentor.support.NodeInProcess;
import io.stentor.support.RawHttp;
import io.stentor.support.RawWebSocket;
import io.stentor.support.Scrape;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;

/** Limits on connections and on time, each gone over on a real node. */
class ConnectionLimitsTest {
  private static final String GET = "GET /rooms HTTP/1.1\r\nHost: localhost\r\n";
  private static final Duration SOON = Duration.ofSeconds(20);

  private final List<RawHttp> open = new ArrayList<>();
  private NodeInProcess node;

  private void start(JsonObject limits) throws IOException {
    node = NodeInProcess.start(new JsonObject().put("limits", limits));
  }

  private static JsonObject limits(String name, int value) {
    return new JsonObject().put(name, value);
  }

  /** So that the tests' own address is limited. */
  private static JsonObject direct(String name, int value) {
    return limits(name, value).put("trustedProxies", new JsonArray());
  }

  @AfterEach
  void stop() {
    open.forEach(RawHttp::close);
    node.close();
  }

  private RawHttp open() {
    RawHttp http = new RawHttp(node.port());
    open.add(http);
    return http;
  }

  private RawHttp.Answer get(String... headers) {
    return open().send(GET + String.join("", headers) + "\r\n").answer();
  }

  private RawWebSocket socket(String forwarded) {
    RawWebSocket ws =
        RawWebSocket.connect(node.port(), "/rooms/a", "X-Forwarded-For: " + forwarded);
    open.add(ws);
    return ws;
  }

  private RawHttp.Answer refusedSocket(String forwarded) {
    return RawHttp.exchange(
        node.port(), RawWebSocket.upgrade("/rooms/a", "X-Forwarded-For: " + forwarded));
  }

  private void assertRefused(RawHttp.Answer answer, int status, String limit, int allowed) {
    assertThat(answer.status()).as(answer.body()).isEqualTo(status);
    JsonObject problem = new JsonObject(answer.body());
    assertThat(problem.getString("limit")).isEqualTo(limit);
    assertThat(problem.getInteger("allowed")).isEqualTo(allowed);
    assertThat(problem.getString("detail")).contains("limits." + limit, String.valueOf(allowed));
    assertThat(answer.header("Retry-After")).isNotEmpty();
    assertThat(hits(limit)).isPositive();
  }

  private double hits(String limit) {
    return Scrape.of(node.port()).get("stentor_limits_hit_total{limit=\"" + limit + "\"}");
  }

  @ConcurrentTest
  void more_connections_than_a_node_may_have_are_told_so_and_a_place_that_is_left_is_given()
      throws IOException {
    start(limits("connections", 2));
    RawHttp first = open();
    assertThat(first.send(GET + "\r\n").answer().status()).isEqualTo(200);
    assertThat(get().status()).isEqualTo(200);
    RawHttp third = open();
    assertRefused(third.send(GET + "\r\n").answer(), 503, "connections", 2);
    assertThat(third.isEnded()).isTrue();
    assertThat(RawHttp.get(node.port(), "/health/live").status()).isEqualTo(200);
    first.close();
    await().atMost(SOON).until(() -> RawHttp.get(node.port(), "/rooms").status() == 200);
  }

  @ConcurrentTest
  void an_address_has_as_many_connections_as_it_may_have() throws IOException {
    start(direct("connectionsPerAddress", 2));
    assertThat(get().status()).isEqualTo(200);
    assertThat(get("X-Forwarded-For: 203.0.113.1\r\n").status()).isEqualTo(200);
    // Who is not trusted is not believed.
    assertRefused(get("X-Forwarded-For: 203.0.113.2\r\n"), 429, "connectionsPerAddress", 2);
  }

  @ConcurrentTest
  void behind_a_trusted_proxy_the_rightmost_address_that_is_no_proxy_is_limited()
      throws IOException {
    start(limits("connectionsPerAddress", 2));
    RawWebSocket first = socket("203.0.113.1");
    socket("203.0.113.1, 127.0.0.1");
    assertRefused(refusedSocket("198.51.100.7, 203.0.113.1"), 429, "connectionsPerAddress", 2);
    socket("203.0.113.2").sendText("served").nextFrame();
    first.close();
    await().atMost(SOON).until(() -> refusedSocket("203.0.113.1").status() != 429);
  }

  @ConcurrentTest
  void the_other_header_is_read_where_it_is_configured() throws IOException {
    start(limits("connectionsPerAddress", 1).put("clientAddressHeader", "Forwarded"));
    RawHttp poll = open();
    poll.send(
        "GET /rooms/a/messages?wait=30 HTTP/1.1\r\nHost: localhost\r\n"
            + "Forwarded: for=\"[2001:db8::1]:1234\";proto=http, for=127.0.0.1\r\n\r\n");
    await()
        .atMost(SOON)
        .until(() -> Scrape.of(node.port()).get("stentor_connections{transport=\"poll\"}") == 1);
    assertRefused(
        get("Forwarded: For=\"[2001:db8::2]\"\r\n", "X-Forwarded-For: 203.0.113.1\r\n"),
        429,
        "connectionsPerAddress",
        1);
    assertThat(get("Forwarded: for=203.0.113.1\r\n").status()).isEqualTo(200);
  }

  @ConcurrentTest
  void an_address_opens_as_many_connections_a_second_as_it_may() throws IOException {
    start(direct("connectionsPerSecondPerAddress", 2));
    RawHttp.Answer answer = get();
    for (int i = 0; i < 20 && answer.status() == 200; i++) {
      answer = get();
    }
    assertRefused(answer, 429, "connectionsPerSecondPerAddress", 2);
  }

  @ConcurrentTest
  void too_many_new_connections_wait_and_are_served_all_the_same() throws IOException {
    start(limits("connectionsPerSecond", 10));
    long begun = System.nanoTime();
    for (int i = 0; i < 40; i++) {
      assertThat(get().status()).isEqualTo(200);
    }
    // Twenty at once, the others at ten a second.
    assertThat(System.nanoTime() - begun).isGreaterThan(TimeUnit.SECONDS.toNanos(1));
    assertThat(hits("connectionsPerSecond")).isPositive();
  }

  @ConcurrentTest
  void a_head_that_does_not_come_to_its_end_is_told_so_and_cut() throws IOException {
    start(limits("handshakeSeconds", 1));
    RawHttp slow = open().send("GET /rooms HTTP/1.1\r\nHost: loc");
    RawHttp.Answer answer = slow.answer();
    assertThat(answer.status()).isEqualTo(408);
    assertThat(answer.body()).contains("\"limit\":\"handshakeSeconds\"");
    assertThat(slow.isEnded()).isTrue();
    assertThat(hits("handshakeSeconds")).isEqualTo(1);
  }

  @ConcurrentTest
  void a_second_head_has_the_same_time_and_who_says_nothing_is_cut_too() throws IOException {
    start(limits("handshakeSeconds", 1));
    RawHttp slow = open().send(GET + "\r\n");
    assertThat(slow.answer().status()).isEqualTo(200);
    RawHttp silent = open();
    assertThat(silent.isEnded()).isTrue();
    slow.send("GET /");
    assertThat(slow.answer().status()).isEqualTo(408);
    assertThat(hits("handshakeSeconds")).isEqualTo(2);
  }

  @ConcurrentTest
  void an_upgrade_to_http2_that_is_none_is_not_left_open() throws IOException {
    start(limits("idleSeconds", 1));
    RawHttp http = open().send(GET + "Connection: Upgrade\r\nUpgrade: h2c\r\n\r\n");
    assertThat(http.answer().status()).isEqualTo(200);
    assertThat(http.isEnded()).isTrue();
  }

  @ConcurrentTest
  void a_connection_without_a_request_is_closed_and_one_that_waits_is_not() throws IOException {
    start(limits("idleSeconds", 1));
    RawHttp idle = open().send(GET + "\r\n");
    RawHttp poll = open();
    poll.send("GET /rooms/a/messages?wait=5 HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assertThat(idle.answer().status()).isEqualTo(200);
    assertThat(idle.isEnded()).isTrue();
    assertThat(poll.answer().status()).isEqualTo(200);
    assertThat(hits("idleSeconds")).isPositive();
  }

  @ConcurrentTest
  void a_body_that_does_not_come_to_its_end_is_told_so_and_cut() throws IOException {
    start(limits("bodySeconds", 1));
    RawHttp slow =
        open()
            .send(
                "POST /rooms/a/messages HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\n"
                    + "Content-Length: 10\r\n\r\nx");
    RawHttp.Answer answer = slow.answer();
    assertThat(answer.status()).isEqualTo(408);
    assertThat(answer.body()).contains("\"limit\":\"bodySeconds\"");
    assertThat(hits("bodySeconds")).isPositive();
  }

  @ConcurrentTest
  void headers_that_are_too_long_are_told_so() throws IOException {
    start(limits("headerBytes", 1024));
    assertThat(get("X: " + "x".repeat(900) + "\r\n").status()).isEqualTo(200);
    assertThat(get("X: " + "x".repeat(1100) + "\r\n").status()).isEqualTo(431);
    assertThat(RawHttp.get(node.port(), "/" + "x".repeat(1100)).status()).isEqualTo(414);
    assertThat(hits("headerBytes")).isGreaterThanOrEqualTo(2);
  }

  @ConcurrentTest
  void answers_that_are_not_read_do_not_pile_up() throws IOException {
    start(new JsonObject());
    String text = "x".repeat(60_000);
    for (int i = 0; i < 4; i++) {
      RawHttp.Answer answer =
          RawHttp.exchange(
              node.port(),
              "POST /rooms/big/messages HTTP/1.1",
              "Host: localhost",
              "Connection: close",
              "Content-Type: text/plain",
              "Content-Length: 60000\r\n\r\n" + text);
      assertThat(answer.status()).isEqualTo(201);
    }
    double before = Scrape.of(node.port()).get("stentor_direct_memory_bytes");
    String request = "GET /rooms/big/messages?limit=4 HTTP/1.1\r\nHost: localhost\r\n\r\n";
    RawHttp greedy = open().send(request.repeat(400));
    assertThat(greedy.answer().status()).isEqualTo(200);
    double after = Scrape.of(node.port()).get("stentor_direct_memory_bytes");
    // All the answers would be 96 MB.
    assertThat(after - before).isLessThan(32.0 * 1024 * 1024);
    for (int i = 1; i < 400; i++) {
      assertThat(greedy.answer().status()).isEqualTo(200);
    }
  }
}
