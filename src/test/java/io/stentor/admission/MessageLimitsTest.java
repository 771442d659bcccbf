package io.stentor.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stentor.support.ConcurrentTest;
import io.stentor.support.EventParser;
import io.stentor.support.RawHttp;
import io.stentor.support.RawWebSocket;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** Limits on what comes by requests, and on rooms. */
class MessageLimitsTest extends MessageLimitsSetting {
  @ConcurrentTest
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

  @ConcurrentTest
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

  @ConcurrentTest
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

  @ConcurrentTest
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

  @ConcurrentTest
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

  /** A program that names no type knows what to do with a status; an EventSource would give up. */
  @ConcurrentTest
  void an_event_stream_beyond_a_limit_is_told_to_come_again_where_the_request_names_its_type()
      throws IOException {
    start(limits("rooms", 1));
    try (RawWebSocket first = RawWebSocket.connect(node.port(), "/rooms/first")) {
      first.sendText("x").nextFrame();
      String line = "GET /rooms/second/events HTTP/1.1";
      RawHttp.Answer answer =
          RawHttp.exchange(node.port(), line, "Host: x", "Accept: text/event-stream");
      assertThat(answer.status()).isEqualTo(200);
      EventParser parser = new EventParser().feed(answer.body());
      assertThat(parser.poll())
          .isEqualTo(
              new EventParser.Event(
                  "close", "{\"code\":3004,\"reason\":\"temporarily unavailable\"}", ""));
      assertThat(parser.retryMillis()).isBetween(5000, 10_000);
      assertThat(answer.body()).startsWith(": This node has 1 rooms");
      RawHttp.Answer problem = RawHttp.exchange(node.port(), line, "Host: x", "Accept: */*");
      assertThat(problem.status()).isEqualTo(503);
      assertThat(problem.header("retry-after")).isEqualTo("5");
    }
    assertThat(hits("rooms")).isEqualTo(2);
  }

  @ConcurrentTest
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

  @ConcurrentTest
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
