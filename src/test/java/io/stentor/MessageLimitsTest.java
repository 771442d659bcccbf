package io.stentor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stentor.support.RawHttp;
import io.stentor.support.RawWebSocket;
import io.stentor.support.RawWebSocket.Frame;
import io.stentor.support.Scrape;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Limits on what is sent, each gone over on a real node. */
class MessageLimitsTest {
  private static final Duration SOON = Duration.ofSeconds(20);
  private NodeInProcess node;

  private void start(JsonObject limits) throws IOException {
    start(limits, new JsonObject());
  }

  private void start(JsonObject limits, JsonObject roomDefaults) throws IOException {
    node =
        NodeInProcess.start(
            new JsonObject().put("limits", limits).put("roomDefaults", roomDefaults));
  }

  private static JsonObject limits(String name, int value) {
    return new JsonObject().put(name, value);
  }

  @AfterEach
  void stop() {
    node.close();
  }

  private double hits(String limit) {
    return Scrape.of(node.port()).get("stentor_limits_hit_total{limit=\"" + limit + "\"}");
  }

  private RawHttp.Answer post(String room, String... headers) {
    return RawHttp.exchange(
        node.port(),
        "POST /rooms/" + room + "/messages HTTP/1.1",
        "Host: localhost",
        "Connection: close",
        String.join("\r\n", headers) + (headers.length == 0 ? "X: x" : ""),
        "Content-Type: text/plain",
        "Content-Length: 1\r\n\r\nx");
  }

  private static void assertRefused(RawHttp.Answer answer, String limit, int allowed) {
    assertThat(answer.status()).as(answer.body()).isEqualTo(429);
    JsonObject problem = new JsonObject(answer.body());
    assertThat(problem.getString("limit")).isEqualTo(limit);
    assertThat(problem.getInteger("allowed")).isEqualTo(allowed);
    assertThat(problem.getString("detail")).contains(limit);
    assertThat(Integer.parseInt(answer.header("Retry-After"))).isPositive();
  }

  @Test
  void a_socket_that_sends_too_fast_is_slowed_and_loses_nothing_while_others_are_served_at_once()
      throws IOException {
    start(limits("messagesPerSecondPerConnection", 10));
    try (RawWebSocket fast = RawWebSocket.connect(node.port(), "/rooms/fast");
        RawWebSocket other = RawWebSocket.connect(node.port(), "/rooms/other")) {
      long begun = System.nanoTime();
      for (int i = 0; i < 50; i++) {
        fast.sendText("m" + i);
      }
      await().atMost(SOON).until(() -> hits("messagesPerSecondPerConnection") >= 1);
      assertThat(other.sendText("now").nextFrame().text()).isEqualTo("now");
      assertThat(System.nanoTime() - begun).isLessThan(TimeUnit.SECONDS.toNanos(3));
      for (int i = 0; i < 50; i++) {
        assertThat(fast.nextFrame().text()).isEqualTo("m" + i);
      }
      // Twenty at once, the others at ten a second.
      assertThat(System.nanoTime() - begun).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(2500));
    }
  }

  @Test
  void commands_of_the_centrifuge_protocol_are_slowed_also_within_one_message() throws IOException {
    start(limits("messagesPerSecondPerConnection", 10));
    try (RawWebSocket client = centrifuge()) {
      long begun = System.nanoTime();
      StringBuilder commands = new StringBuilder();
      for (int i = 2; i < 42; i++) {
        commands.append("{\"id\":" + i + ",\"publish\":{\"channel\":\"c\",\"data\":" + i + "}}\n");
      }
      client.sendText(commands.toString());
      int replies = 0;
      while (replies < 40) {
        replies += client.nextFrame().text().split("\"id\"", -1).length - 1;
      }
      assertThat(System.nanoTime() - begun).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(1500));
      assertThat(hits("messagesPerSecondPerConnection")).isPositive();
    }
  }

  private RawWebSocket centrifuge() {
    RawWebSocket client = RawWebSocket.connect(node.port(), "/connection/websocket");
    client.sendText("{\"id\":1,\"connect\":{}}");
    assertThat(client.nextFrame().text()).contains("\"connect\"");
    return client;
  }

  @Test
  void pings_and_fragments_count_like_messages() throws IOException {
    start(limits("messagesPerSecondPerConnection", 10));
    try (RawWebSocket pings = RawWebSocket.connect(node.port(), "/rooms/pings");
        RawWebSocket fragments = RawWebSocket.connect(node.port(), "/rooms/fragments")) {
      for (int i = 0; i < 40; i++) {
        pings.sendFrame(RawWebSocket.FIN | RawWebSocket.PING, new byte[] {(byte) i});
      }
      await().atMost(SOON).until(() -> hits("messagesPerSecondPerConnection") >= 1);
      double before = hits("messagesPerSecondPerConnection");
      fragments.sendFrame(RawWebSocket.TEXT, new byte[0]);
      for (int i = 0; i < 40; i++) {
        fragments.sendFrame(RawWebSocket.CONTINUATION, new byte[0]);
      }
      await().atMost(SOON).until(() -> hits("messagesPerSecondPerConnection") > before);
      assertThat(pings.nextFrame().opcode()).isEqualTo(RawWebSocket.PONG);
    }
  }

  @Test
  void pongs_do_not_pile_up_for_a_peer_that_reads_none() throws IOException {
    start(limits("messagesPerSecondPerConnection", 0));
    int count = 120_000;
    try (RawWebSocket peer = RawWebSocket.connect(node.port(), "/rooms/pings")) {
      byte[] payload = new byte[120];
      for (int i = 0; i < count; i++) {
        peer.sendFrame(RawWebSocket.FIN | RawWebSocket.PING, payload);
      }
      peer.sendFrame(RawWebSocket.FIN | RawWebSocket.PING, bytes("last"));
      int answered = 0;
      Frame pong = peer.nextFrame();
      while (!pong.text().equals("last")) {
        answered++;
        pong = peer.nextFrame();
      }
      assertThat(answered).isPositive().isLessThan(count);
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void an_address_that_sends_too_many_requests_is_told_and_others_are_served() throws IOException {
    start(limits("messagesPerSecondPerAddress", 3));
    RawHttp.Answer answer = post("a", "X-Forwarded-For: 203.0.113.1");
    for (int i = 0; i < 30 && answer.status() == 201; i++) {
      answer = post("a", "X-Forwarded-For: 203.0.113.1");
    }
    assertRefused(answer, "messagesPerSecondPerAddress", 3);
    assertThat(post("a", "X-Forwarded-For: 203.0.113.2").status()).isEqualTo(201);
    assertThat(hits("messagesPerSecondPerAddress")).isPositive();
  }

  @Test
  void who_asks_too_often_itself_is_answered_when_it_may_ask_again() throws IOException {
    start(limits("messagesPerSecondPerAddress", 5).put("trustedProxies", new JsonArray()));
    long begun = System.nanoTime();
    int refused = 0;
    for (int i = 0; i < 25; i++) {
      refused += post("a").status() == 429 ? 1 : 0;
    }
    // Without a delay all of them are refused within a few milliseconds.
    assertThat(System.nanoTime() - begun).isGreaterThan(TimeUnit.SECONDS.toNanos(1));
    assertThat(refused).isPositive();
  }

  @Test
  void sockets_of_one_address_are_slowed_together() throws IOException {
    start(limits("messagesPerSecondPerAddress", 10));
    String from = "X-Forwarded-For: 203.0.113.1";
    try (RawWebSocket one = RawWebSocket.connect(node.port(), "/rooms/one", from);
        RawWebSocket two = RawWebSocket.connect(node.port(), "/rooms/two", from)) {
      long begun = System.nanoTime();
      for (int i = 0; i < 25; i++) {
        one.sendText("1");
        two.sendText("2");
      }
      for (int i = 0; i < 25; i++) {
        assertThat(one.nextFrame().text()).isEqualTo("1");
        assertThat(two.nextFrame().text()).isEqualTo("2");
      }
      assertThat(System.nanoTime() - begun).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(2000));
      assertThat(hits("messagesPerSecondPerAddress")).isPositive();
    }
  }

  @Test
  void a_room_that_is_published_to_too_fast_refuses_requests_and_slows_sockets()
      throws IOException {
    start(new JsonObject(), new JsonObject().put("ratePerSecond", 5));
    RawHttp.Answer answer = post("full");
    for (int i = 0; i < 60 && answer.status() == 201; i++) {
      answer = post("full");
    }
    assertRefused(answer, "ratePerSecond", 5);
    assertThat(post("other").status()).isEqualTo(201);
    try (RawWebSocket socket = RawWebSocket.connect(node.port(), "/rooms/slow")) {
      long begun = System.nanoTime();
      for (int i = 0; i < 25; i++) {
        socket.sendText("m" + i);
      }
      for (int i = 0; i < 25; i++) {
        assertThat(socket.nextFrame().text()).isEqualTo("m" + i);
      }
      assertThat(System.nanoTime() - begun).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(2000));
    }
    assertThat(hits("ratePerSecond")).isPositive();
  }

  @Test
  void a_dry_run_counts_and_refuses_nobody() throws IOException {
    start(
        limits("messagesPerSecondPerAddress", 1).put("dryRun", true),
        new JsonObject().put("ratePerSecond", 1));
    for (int i = 0; i < 10; i++) {
      assertThat(post("a", "X-Forwarded-For: 203.0.113.1").status()).isEqualTo(201);
    }
    assertThat(hits("messagesPerSecondPerAddress")).isPositive();
    assertThat(hits("ratePerSecond")).isPositive();
  }

  @Test
  void a_node_has_as_many_rooms_as_it_may_and_those_can_still_be_entered() throws IOException {
    start(limits("rooms", 1));
    try (RawWebSocket first = RawWebSocket.connect(node.port(), "/rooms/first");
        RawWebSocket again = RawWebSocket.connect(node.port(), "/rooms/first");
        RawWebSocket client = centrifuge()) {
      RawHttp.Answer answer = RawHttp.exchange(node.port(), RawWebSocket.upgrade("/rooms/second"));
      assertThat(answer.status()).isEqualTo(503);
      assertThat(new JsonObject(answer.body()).getString("limit")).isEqualTo("rooms");
      assertThat(RawHttp.get(node.port(), "/rooms/second/events").status()).isEqualTo(503);
      assertThat(RawHttp.get(node.port(), "/rooms/second/messages?wait=1").status()).isEqualTo(503);
      client.sendText("{\"id\":2,\"subscribe\":{\"channel\":\"second\"}}");
      assertThat(client.nextFrame().text()).contains("\"code\":106", "room");
      client.sendText("{\"id\":3,\"subscribe\":{\"channel\":\"first\"}}");
      assertThat(client.nextFrame().text()).doesNotContain("error");
      assertThat(first.sendText("x").nextFrame().text()).isEqualTo("x");
      assertThat(again.nextFrame().text()).isEqualTo("x");
    }
    assertThat(hits("rooms")).isGreaterThanOrEqualTo(4);
  }

  @Test
  void a_connection_has_as_many_rooms_as_it_may() throws IOException {
    start(limits("roomsPerConnection", 1));
    try (RawWebSocket client = centrifuge()) {
      client.sendText("{\"id\":2,\"subscribe\":{\"channel\":\"one\"}}");
      assertThat(client.nextFrame().text()).doesNotContain("error");
      client.sendText("{\"id\":3,\"subscribe\":{\"channel\":\"two\"}}");
      assertThat(client.nextFrame().text()).contains("\"code\":106", "at most 1 subscriptions");
    }
    assertThat(hits("roomsPerConnection")).isEqualTo(1);
  }

  @Test
  void messages_and_names_that_are_too_long_are_counted() throws IOException {
    start(new JsonObject(), new JsonObject().put("maxMessageBytes", 3));
    double names = hits("roomName");
    try (RawWebSocket socket = RawWebSocket.connect(node.port(), "/rooms/a")) {
      socket.sendText("four").expectClosed(1009);
    }
    await().atMost(SOON).until(() -> hits("messageBytes") >= 1);
    assertThat(post("x".repeat(129)).status()).isEqualTo(400);
    assertThat(hits("roomName")).isEqualTo(names + 1);
  }
}
