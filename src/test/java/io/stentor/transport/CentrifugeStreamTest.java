package io.stentor.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.NodeInProcess;
import io.stentor.support.Http2Events;
import io.stentor.support.LineStream;
import io.stentor.support.RawHttp;
import io.stentor.support.RawWebSocket;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
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
    JsonObject slow = new JsonObject().put("match", "slow*").put("tailBytes", 200_000);
    node = start(0, new JsonArray().add(slow));
  }

  private static NodeInProcess start(int pingSeconds, JsonArray rooms) throws IOException {
    JsonObject pings =
        new JsonObject().put("pingIntervalSeconds", pingSeconds).put("pongTimeoutSeconds", 1);
    return NodeInProcess.start(new JsonObject().put("webSocket", pings).put("rooms", rooms));
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  /** A client that is connected, and how it sends. */
  private static final class Connected implements AutoCloseable {
    private final int port;
    private final LineStream stream;
    private final String session;
    private final String nodeId;

    Connected(int port, String path) {
      this.port = port;
      this.stream = LineStream.post(port, path, CONNECT);
      JsonObject connect = new JsonObject(stream.next()).getJsonObject("connect");
      this.session = connect.getString("session");
      this.nodeId = connect.getString("node");
    }

    String next() {
      return stream.next();
    }

    void send(String... commands) {
      assertThat(post(port, body(session, nodeId, String.join("\n", commands))).status())
          .isEqualTo(204);
    }

    void subscribe(int id, String room) {
      send(command(id, "subscribe", "{\"channel\":\"" + room + "\"}"));
      assertThat(next()).startsWith("{\"id\":" + id + ",\"subscribe\":");
    }

    @Override
    public void close() {
      stream.close();
    }
  }

  private static Connected connected(String path) {
    return new Connected(node.port(), path);
  }

  private static RawHttp.Answer post(int port, String body) {
    return exchange(port, LineStream.request("POST", "/emulation", body, "Connection: close"));
  }

  private static RawHttp.Answer exchange(int port, String request) {
    try (RawHttp http = new RawHttp(port)) {
      return http.send(request).answer();
    }
  }

  private static String body(String session, String node, String data) {
    return new JsonObject().put("session", session).put("node", node).put("data", data).encode();
  }

  private static String command(int id, String name, String body) {
    return "{\"id\":" + id + ",\"" + name + "\":" + body + "}";
  }

  private static String publish(int id, String room, String data) {
    return command(id, "publish", "{\"channel\":\"" + room + "\",\"data\":" + data + "}");
  }

  private static String query(String connect) {
    return EVENTS + "?cf_connect=" + URLEncoder.encode(connect, StandardCharsets.UTF_8);
  }

  @Test
  void the_head_keeps_caches_and_proxies_from_holding_back_what_follows() {
    try (LineStream lines = LineStream.post(node.port(), LINES, CONNECT);
        LineStream events = LineStream.ask(node.port(), query(CONNECT))) {
      for (LineStream stream : List.of(lines, events)) {
        assertThat(stream.header("cache-control")).isEqualTo("no-store");
        assertThat(stream.header("x-accel-buffering")).isEqualTo("no");
        assertThat(stream.header("connection")).isEqualTo("close");
        assertThat(stream.next())
            .matches(
                "\\{\"id\":1,\"connect\":\\{\"client\":\"[0-9a-f-]{36}\",\"version\":\"Stentor.*\","
                    + "\"session\":\"[\\w-]{24}\",\"node\":\"[0-9a-f-]{36}\"}}");
      }
      assertThat(lines.header("content-type")).isEqualTo("application/json");
      assertThat(events.header("content-type")).isEqualTo("text/event-stream");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {LINES, EVENTS})
  void commands_are_posted_and_answered_on_the_stream(String path) {
    try (Connected client = connected(path)) {
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
  void what_is_posted_while_other_posts_are_under_way_is_done_in_the_order_of_arrival() {
    int count = 300;
    try (Connected client = connected(LINES);
        RawHttp http = new RawHttp(node.port())) {
      client.subscribe(2, "order:a");
      StringBuilder all = new StringBuilder();
      for (int i = 1; i <= count; i++) {
        String post = body(client.session, client.nodeId, publish(i + 2, "order:a", "" + i));
        all.append(LineStream.request("POST", "/emulation", post));
      }
      http.send(all.toString());
      List<Integer> offsets = new ArrayList<>();
      List<Integer> said = new ArrayList<>();
      while (offsets.size() < count) {
        JsonObject pub = new JsonObject(client.next()).getJsonObject("push", new JsonObject());
        if (pub.containsKey("pub")) {
          offsets.add(pub.getJsonObject("pub").getInteger("offset"));
          said.add(pub.getJsonObject("pub").getInteger("data"));
        }
      }
      assertThat(said).isEqualTo(offsets).isSorted().hasSize(count);
    }
  }

  @Test
  void a_long_object_comes_whole() {
    String filler = "\"" + "x".repeat(60_000) + "\"";
    for (String path : List.of(LINES, EVENTS)) {
      try (Connected client = connected(path)) {
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
        "{\"id\":1,\"publish\":{\"channel\":\"a\",\"data\":1}}|3501|bad request: connect comes first",
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
  void a_command_that_ends_the_connection_ends_the_stream_and_later_ones_do_nothing() {
    try (Connected client = connected(LINES)) {
      client.send("{\"send\":{\"data\":1}}", publish(3, "later:a", "1"));
      client.stream.expectDisconnect(3508);
      client.send(publish(4, "later:a", "1"));
      assertThat(RawHttp.get(node.port(), "/rooms/later:a/messages").body())
          .contains("\"offset\":0");
    }
  }

  @Test
  void a_node_that_does_not_exist_is_a_404_and_a_session_that_does_not_exist_is_not() {
    try (Connected client = connected(LINES);
        Connected other = connected(LINES)) {
      String publish = publish(2, "guess:a", "1");
      String nobody = "00000000-0000-4000-8000-000000000000";
      for (String gone : List.of(nobody, "x", "*", client.nodeId.toUpperCase(Locale.ROOT))) {
        RawHttp.Answer answer = post(node.port(), body(client.session, gone, publish));
        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.body()).contains("connect again");
      }
      for (String guess : List.of("x", client.session.substring(1), client.session + "A")) {
        assertThat(post(node.port(), body(guess, client.nodeId, publish)).status()).isEqualTo(204);
      }
      other.send(command(2, "presence_stats", room("guess:a")));
      assertThat(other.next()).startsWith("{\"id\":2,\"presence_stats\"");
      client.send(command(9, "presence_stats", room("guess:a")));
      assertThat(client.next()).startsWith("{\"id\":9,\"presence_stats\"");
      assertThat(RawHttp.get(node.port(), "/rooms/guess:a/messages").body())
          .contains("\"offset\":0");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}|session is missing",
        "{\"session\":\"a\"}|node is missing",
        "{\"session\":\"a\",\"node\":\"b\",\"data\":\"\"}|data is missing",
        "{\"session\":\"a\",\"node\":\"b\",\"data\":{}}|a value has the wrong type",
        "{\"session\":1,\"node\":\"b\",\"data\":\"{}\"}|a value has the wrong type",
        "[]|a JSON object was expected",
        "''|a JSON object was expected",
        "{|this is no JSON",
      })
  void a_post_that_is_none_is_refused(String body, String why) {
    RawHttp.Answer answer = post(node.port(), body);
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.body()).contains("with three strings").contains(why);
  }

  @Test
  void what_is_too_long_is_refused_and_the_session_goes_on() {
    try (Connected client = connected(LINES)) {
      String filler = "x".repeat(65_537);
      String escaped = "\u0001".repeat(30_000);
      for (String data : List.of(filler, filler + filler, escaped)) {
        RawHttp.Answer answer = post(node.port(), body(client.session, client.nodeId, data));
        assertThat(answer.status()).isEqualTo(413);
      }
      client.send(command(2, "presence_stats", room("a")));
      assertThat(client.next()).startsWith("{\"id\":2,");
    }
    String tooLong = LineStream.request("POST", LINES, CONNECT + " ".repeat(70_000));
    assertThat(exchange(node.port(), tooLong).status()).isEqualTo(413);
  }

  @Test
  void a_body_of_another_kind_is_refused() {
    for (String path : List.of(LINES, EVENTS, "/emulation")) {
      String request =
          LineStream.request("POST", path, CONNECT)
              .replace("application/json", "application/octet-stream");
      assertThat(exchange(node.port(), request).status()).isEqualTo(415);
    }
  }

  @Test
  void who_answers_pings_stays_and_who_does_not_is_told_3012() throws IOException {
    try (NodeInProcess pinging = start(1, new JsonArray());
        Connected client = new Connected(pinging.port(), EVENTS)) {
      for (int i = 0; i < 3; i++) {
        assertThat(client.next()).isEqualTo("{}");
        client.send("{}");
      }
      String last = client.stream.expectDisconnect(3012);
      assertThat(last)
          .isEqualTo("{\"push\":{\"disconnect\":{\"code\":3012,\"reason\":\"no pong\"}}}");
    }
  }

  @Test
  void who_does_not_read_is_told_3008_and_the_others_hear_everything() {
    String filler = "x".repeat(60_000);
    try (Connected stopped = connected(LINES);
        Connected reads = connected(EVENTS);
        RawWebSocket speaks = RawWebSocket.connect(node.port(), "/rooms/slow:a")) {
      stopped.subscribe(2, "slow:a");
      reads.subscribe(2, "slow:a");
      for (int i = 0; i < 300; i++) {
        speaks.sendText(i + filler);
        assertThat(speaks.nextFrame().text()).startsWith(i + "x");
        assertThat(reads.next()).contains("\"data\":\"" + i + "x");
      }
      stopped.stream.expectDisconnect(3008);
    }
  }

  @Test
  void answers_that_nobody_takes_are_not_kept_without_end() {
    String filler = "\"" + "x".repeat(60_000) + "\"";
    try (Connected client = connected(LINES)) {
      for (int i = 2; i < 12; i++) {
        client.send(publish(i, "answers:a", filler));
        client.next();
      }
      for (int i = 12; i < 150; i++) {
        client.send(command(i, "history", "{\"channel\":\"answers:a\",\"limit\":-1}"));
      }
      client.stream.expectDisconnect(3008);
    }
  }

  @Test
  void a_node_that_stops_tells_3001() throws IOException {
    NodeInProcess stopping = start(0, new JsonArray());
    try (Connected lines = new Connected(stopping.port(), LINES);
        Connected events = new Connected(stopping.port(), EVENTS)) {
      stopping.close();
      lines.stream.expectDisconnect(3001);
      events.stream.expectDisconnect(3001);
    }
  }

  @Test
  void pages_of_other_origins_may_come_unless_origins_are_listed() throws IOException {
    String question =
        "OPTIONS /emulation HTTP/1.1\r\nHost: x\r\nConnection: close\r\nOrigin: https://example.org\r\n"
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
