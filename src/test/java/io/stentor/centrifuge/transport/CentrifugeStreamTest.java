package io.stentor.centrifuge.transport;

import static io.stentor.support.PostingClient.body;
import static io.stentor.support.PostingClient.command;
import static io.stentor.support.PostingClient.exchange;
import static io.stentor.support.PostingClient.post;
import static io.stentor.support.PostingClient.publish;
import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.support.Http2Events;
import io.stentor.support.LineStream;
import io.stentor.support.NodeInProcess;
import io.stentor.support.PostingClient;
import io.stentor.support.RawHttp;
import io.stentor.support.RawWebSocket;
import io.stentor.support.TestEndpoints;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The Centrifuge protocol on streams with commands that are posted, on raw sockets. */
class CentrifugeStreamTest {
  private static final String LINES = "/connection/http_stream";
  private static final String EVENTS = "/connection/sse";
  private static final String CONNECT = "{\"id\":1,\"connect\":{}}";
  private static NodeInProcess node;

  @BeforeAll
  static void start() throws IOException {
    node = CentrifugeNodes.start(0, new JsonObject());
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  private static PostingClient connected(String path) {
    return new PostingClient(node.port(), path);
  }

  private static String query(String connect) {
    return EVENTS + "?cf_connect=" + URLEncoder.encode(connect, StandardCharsets.UTF_8);
  }

  @Test
  void the_head_keeps_caches_and_proxies_from_holding_back_what_follows() {
    try (LineStream lines = LineStream.post(node.port(), LINES, CONNECT);
        LineStream events = LineStream.ask(node.port(), query(CONNECT))) {
      for (LineStream stream : List.of(lines, events)) {
        assertThat(stream.header("cache-control")).isEqualTo("no-store, no-transform");
        assertThat(stream.header("x-accel-buffering")).isEqualTo("no");
        assertThat(stream.header("connection")).isEqualTo("close");
        assertThat(stream.next())
            .matches(
                "\\{\"id\":1,\"connect\":\\{\"client\":\"[0-9a-f-]{36}\",\"version\":\"Stentor.*\","
                    + "\"node\":\"[0-9a-f]{6}-[0-9a-f]{16}\",\"session\":\"[\\w-]{24}\"}}");
      }
      assertThat(lines.header("content-type")).isEqualTo("application/json");
      assertThat(events.header("content-type")).isEqualTo("text/event-stream");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {LINES, EVENTS})
  void commands_are_posted_and_answered_on_the_stream(String path) {
    try (PostingClient client = connected(path)) {
      String room = "talk:" + path.substring(12);
      client.subscribe(2, room);
      client.send(publish(3, room, "{\"a\" : \"\\n\"}"), command(4, "presence_stats", room(room)));
      List<String> got = List.of(client.next(), client.next(), client.next());
      assertThat(got)
          .anyMatch(line -> line.startsWith("{\"push\":{\"channel\":\"" + room + "\",\"pub\":{"))
          .contains("{\"id\":3,\"publish\":{}}")
          .contains("{\"id\":4,\"presence_stats\":{\"num_clients\":1,\"num_users\":1}}");
    }
  }

  private static String room(String name) {
    return "{\"channel\":\"" + name + "\"}";
  }

  @Test
  void a_long_object_comes_whole() {
    String filler = "\"" + "x".repeat(60_000) + "\"";
    for (String path : List.of(LINES, EVENTS)) {
      try (PostingClient client = connected(path)) {
        client.subscribe(2, "long" + path.substring(11).replace("/", ":"));
        client.send(publish(3, "long" + path.substring(11).replace("/", ":"), filler));
        assertThat(client.next() + client.next()).contains(filler);
      }
    }
  }

  @Test
  void a_client_of_http_1_0_gets_no_chunks() {
    String request = LineStream.request("POST", LINES, CONNECT).replace("HTTP/1.1", "HTTP/1.0");
    try (RawHttp http = new RawHttp(node.port())) {
      RawHttp.Answer head = http.send(request).headOnly();
      assertThat(head.header("transfer-encoding")).isEmpty();
      assertThat(http.line()).startsWith("{\"id\":1,\"connect\":{");
    }
  }

  @Test
  void over_http_2_events_come_as_over_http_1() {
    try (Http2Events http = new Http2Events(node.port(), false)) {
      Http2Events.Stream stream = http.open(query(CONNECT));
      JsonObject connect = new JsonObject(stream.next().data()).getJsonObject("connect");
      String session = connect.getString("session");
      String subscribe = command(2, "subscribe", room("h2:a"));
      String both = subscribe + "\n" + publish(3, "h2:a", "1");
      post(node.port(), body(session, connect.getString("node"), both));
      assertThat(stream.next().data()).startsWith("{\"id\":2,\"subscribe\":{");
      assertThat(stream.next().data() + stream.next().data()).contains("\"pub\":{\"data\":1,");
    }
  }

  @Test
  void without_connect_there_is_no_event_stream_and_head_has_no_body() {
    RawHttp.Answer none = RawHttp.get(node.port(), EVENTS);
    assertThat(none.status()).isEqualTo(400);
    assertThat(none.body()).contains("cf_connect is missing");
    try (RawHttp http = new RawHttp(node.port())) {
      http.send("HEAD " + query(CONNECT) + " HTTP/1.1\r\nHost: x\r\n\r\n");
      assertThat(http.headOnly().header("content-type")).isEqualTo("text/event-stream");
      http.send("GET /rooms HTTP/1.1\r\nHost: x\r\n\r\n");
      assertThat(http.answer().status()).isEqualTo(200);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''|3501|bad request: a message without a command",
        "{\"id\":1,\"publish\":{\"channel\":\"a\",\"data\":1}}|3501|bad request: connect comes"
            + " first",
        "{\"id\":1,\"connect\":{\"token\":\"a.b.c\"}}|3500|invalid token",
        "nonsense|3501|bad request: this is no JSON",
      })
  void who_does_not_connect_is_told_why_and_the_stream_ends(String body, int code, String why) {
    try (LineStream lines = LineStream.post(node.port(), LINES, body);
        LineStream events = LineStream.post(node.port(), EVENTS, body)) {
      String last =
          "{\"push\":{\"disconnect\":{\"code\":" + code + ",\"reason\":\"" + why + "\"}}}";
      assertThat(lines.next()).isEqualTo(last);
      lines.expectEnd();
      assertThat(events.next()).isEqualTo(last);
      events.expectEnd();
    }
  }

  @Test
  void a_body_of_another_kind_is_refused() {
    for (String path : List.of(EVENTS, "/connection/uni_http_stream")) {
      String request =
          LineStream.request("POST", path, CONNECT)
              .replace("application/json", "application/octet-stream");
      assertThat(exchange(node.port(), request).status()).isEqualTo(415);
    }
  }

  @Test
  void who_answers_pings_stays_and_who_does_not_is_told_3012() throws IOException {
    try (NodeInProcess pinging = CentrifugeNodes.start(1, new JsonObject());
        PostingClient client = new PostingClient(pinging.port(), EVENTS)) {
      for (int i = 0; i < 3; i++) {
        assertThat(client.next()).isEqualTo("{}");
        client.send("{}");
      }
      String last = client.stream().expectDisconnect(3012);
      assertThat(last)
          .isEqualTo("{\"push\":{\"disconnect\":{\"code\":3012,\"reason\":\"no pong\"}}}");
    }
  }

  @Test
  void who_does_not_read_is_told_3008_and_the_others_hear_everything() {
    String filler = "x".repeat(60_000);
    try (PostingClient stopped = connected(LINES);
        PostingClient reads = connected(EVENTS);
        RawWebSocket speaks = RawWebSocket.connect(node.port(), "/rooms/slow:a")) {
      stopped.subscribe(2, "slow:a");
      reads.subscribe(2, "slow:a");
      for (int i = 0; i < 300; i++) {
        speaks.sendText(i + filler);
        assertThat(speaks.nextFrame().text()).startsWith(i + "x");
        assertThat(reads.next()).contains("\"data\":\"" + i + "x");
      }
      stopped.stream().expectDisconnect(3008);
    }
  }

  @Test
  void answers_that_nobody_takes_are_not_kept_without_end() {
    String filler = "\"" + "x".repeat(60_000) + "\"";
    try (PostingClient client = connected(LINES)) {
      for (int i = 2; i < 12; i++) {
        client.send(publish(i, "answers:a", filler));
        client.next();
      }
      for (int i = 12; i < 150; i++) {
        client.send(command(i, "history", "{\"channel\":\"answers:a\",\"limit\":-1}"));
      }
      client.stream().expectDisconnect(3008);
    }
  }

  @Test
  void a_node_that_stops_tells_3001() throws IOException {
    NodeInProcess stopping = CentrifugeNodes.start(0, new JsonObject());
    try (PostingClient lines = new PostingClient(stopping.port(), LINES);
        PostingClient events = new PostingClient(stopping.port(), EVENTS)) {
      stopping.close();
      lines.stream().expectDisconnect(3001);
      events.stream().expectDisconnect(3001);
    }
  }

  @Test
  void pages_of_other_origins_may_come_unless_origins_are_listed() throws IOException {
    String question =
        "OPTIONS /emulation HTTP/1.1\r\n"
            + "Host: x\r\n"
            + "Connection: close\r\n"
            + "Origin: https://example.org\r\n"
            + "Access-Control-Request-Method: POST\r\n"
            + "Access-Control-Request-Headers: content-type\r\n\r\n";
    RawHttp.Answer answer = exchange(node.port(), question);
    assertThat(answer.status()).isEqualTo(204);
    assertThat(answer.header("access-control-allow-origin")).isEqualTo("https://example.org");
    assertThat(answer.header("access-control-allow-headers")).contains("Content-Type");
    String origin = "Origin: https://example.org";
    try (LineStream stream = LineStream.post(node.port(), LINES, CONNECT, origin)) {
      assertThat(stream.header("access-control-allow-origin")).isEqualTo("https://example.org");
    }
    JsonArray others = new JsonArray().add("https://example.com");
    JsonObject options =
        new JsonObject().put("http", new JsonObject().put("allowedOrigins", others));
    try (TestEndpoints restricted = new TestEndpoints(options)) {
      for (String path : List.of(LINES, EVENTS, "/emulation", "/connection/uni_sse")) {
        String request = LineStream.request("POST", path, CONNECT, origin);
        assertThat(exchange(restricted.port(), request).status()).isEqualTo(403);
      }
    }
  }
}
