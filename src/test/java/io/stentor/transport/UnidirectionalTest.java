package io.stentor.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.NodeInProcess;
import io.stentor.identity.Signer;
import io.stentor.support.LineStream;
import io.stentor.support.RawHttp;
import io.stentor.support.RawWebSocket;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Clients that only listen: one object to connect, and pushes without end. */
class UnidirectionalTest {
  private static final String LINES = "/connection/uni_http_stream";
  private static final String EVENTS = "/connection/uni_sse";
  private static final String SOCKET = "/connection/uni_websocket";
  private static final Signer SIGNER = Signer.secret("HS256", "a secret that nobody can guess");
  private static NodeInProcess node;

  @BeforeAll
  static void start() throws IOException {
    node = start(0);
  }

  private static NodeInProcess start(int pingSeconds) throws IOException {
    JsonObject pings =
        new JsonObject().put("pingIntervalSeconds", pingSeconds).put("pongTimeoutSeconds", 1);
    JsonObject tokens = new JsonObject().put("hmacSecret", "a secret that nobody can guess");
    JsonArray rooms =
        new JsonArray()
            .add(new JsonObject().put("match", "slow*").put("tailBytes", 200_000))
            .add(new JsonObject().put("match", "closed*").put("subscribe", "server"));
    return NodeInProcess.start(
        new JsonObject()
            .put("webSocket", pings)
            .put("identity", new JsonObject().put("tokens", tokens))
            .put("rooms", rooms));
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  private static String subs(String... rooms) {
    JsonObject subs = new JsonObject();
    List.of(rooms).forEach(room -> subs.put(room, new JsonObject()));
    return new JsonObject().put("subs", subs).encode();
  }

  private static String query(String path, String connect) {
    return path + "?cf_connect=" + URLEncoder.encode(connect, StandardCharsets.UTF_8);
  }

  private static void publish(String room, String json) {
    String request = LineStream.request("POST", "/rooms/" + room + "/messages", json);
    try (RawHttp http = new RawHttp(node.port())) {
      assertThat(http.send(request).answer().status()).isEqualTo(201);
    }
  }

  private static JsonObject connect(String push) {
    return new JsonObject(push).getJsonObject("connect");
  }

  @Test
  void a_stream_of_lines_tells_who_one_is_and_then_what_is_said() {
    try (LineStream stream = LineStream.post(node.port(), LINES, subs("news", "more"))) {
      assertThat(stream.header("content-type")).isEqualTo("application/json");
      assertThat(stream.next())
          .matches(
              "\\{\"connect\":\\{\"client\":\"[0-9a-f-]{36}\",\"version\":\"Stentor.*\",\"node\":\"\\w+\",\"subs\":\\{"
                  + "\"(news|more)\":\\{\"recoverable\":true,\"epoch\":\"\\w+\","
                  + "\"positioned\":true},\"(news|more)\":\\{.*}}}}");
      publish("news", "{\"a\": 1}");
      assertThat(stream.next())
          .isEqualTo("{\"channel\":\"news\",\"pub\":{\"data\":{\"a\": 1},\"offset\":1}}");
      publish("more", "2");
      assertThat(stream.next())
          .isEqualTo("{\"channel\":\"more\",\"pub\":{\"data\":2,\"offset\":1}}");
    }
  }

  @Test
  void an_event_stream_does_the_same_by_its_query_or_its_body() {
    String room = "events";
    try (LineStream asked = LineStream.ask(node.port(), query(EVENTS, subs(room)));
        LineStream posted = LineStream.post(node.port(), EVENTS, subs(room));
        LineStream nothing = LineStream.ask(node.port(), EVENTS)) {
      assertThat(connect(asked.next()).getJsonObject("subs").fieldNames()).containsExactly(room);
      assertThat(connect(posted.next()).getJsonObject("subs").fieldNames()).containsExactly(room);
      assertThat(connect(nothing.next()).fieldNames()).containsExactly("client", "version", "node");
      publish(room, "\"hi\"");
      String push = "{\"channel\":\"events\",\"pub\":{\"data\":\"hi\",\"offset\":1}}";
      assertThat(asked.next()).isEqualTo(push);
      assertThat(posted.next()).isEqualTo(push);
    }
  }

  @Test
  void an_object_may_have_several_lines() {
    String pretty = "{\n  \"subs\": {\n    \"pretty\": {}\n  }\r\n}\n";
    try (LineStream stream = LineStream.post(node.port(), LINES, pretty)) {
      assertThat(connect(stream.next()).getJsonObject("subs").fieldNames()).contains("pretty");
    }
  }

  @Test
  void a_socket_connects_by_its_first_message_or_its_query_and_is_not_heard_after_that() {
    try (RawWebSocket first = RawWebSocket.connect(node.port(), SOCKET);
        RawWebSocket query = RawWebSocket.connect(node.port(), query(SOCKET, subs("sockets")))) {
      first.sendText(subs("sockets"));
      for (RawWebSocket ws : List.of(first, query)) {
        assertThat(connect(ws.nextFrame().text()).getJsonObject("subs").fieldNames())
            .containsExactly("sockets");
        ws.sendText("{\"id\":2,\"publish\":{\"channel\":\"sockets\",\"data\":0}}").sendText("[");
      }
      publish("sockets", "1");
      for (RawWebSocket ws : List.of(first, query)) {
        assertThat(ws.nextFrame().text())
            .isEqualTo("{\"channel\":\"sockets\",\"pub\":{\"data\":1,\"offset\":1}}");
      }
    }
    RawHttp.Answer answer = RawHttp.get(node.port(), SOCKET);
    assertThat(answer.status()).isEqualTo(426);
  }

  @Test
  void what_was_missed_since_a_position_comes_with_connect() {
    for (int i = 1; i <= 5; i++) {
      publish("missed", "" + i);
    }
    String epoch;
    try (LineStream stream = LineStream.post(node.port(), LINES, subs("missed"))) {
      JsonObject sub = connect(stream.next()).getJsonObject("subs").getJsonObject("missed");
      assertThat(sub.getInteger("offset")).isEqualTo(5);
      epoch = sub.getString("epoch");
    }
    JsonObject position =
        new JsonObject().put("recover", true).put("offset", 3).put("epoch", epoch);
    assertThat(recovered(position))
        .isEqualTo(
            new JsonObject(
                "{\"recoverable\":true,\"epoch\":\""
                    + epoch
                    + "\",\"publications\":[{\"data\":4,\"offset\":4},{\"data\":5,\"offset\":5}],"
                    + "\"recovered\":true,\"offset\":3,\"positioned\":true,\"was_recovering\":true}"));
    JsonObject lost = recovered(position.copy().put("epoch", "zzz"));
    assertThat(lost.getBoolean("recovered")).isNull();
    assertThat(lost.getValue("publications")).isNull();
    assertThat(lost.getInteger("offset")).isEqualTo(5);
  }

  private static JsonObject recovered(JsonObject position) {
    JsonObject subs = new JsonObject().put("missed", position);
    String body = new JsonObject().put("subs", subs).encode();
    try (LineStream stream = LineStream.post(node.port(), LINES, body)) {
      return connect(stream.next()).getJsonObject("subs").getJsonObject("missed");
    }
  }

  /** All of it in one answer would be more than may wait for anybody. */
  @Test
  void much_that_was_missed_in_many_rooms_comes_behind_connect_and_nothing_is_missing() {
    JsonObject subs = new JsonObject();
    String filler = "x".repeat(5000);
    for (int room = 0; room < 20; room++) {
      for (int i = 1; i <= 20; i++) {
        publish("many" + room, "\"" + i + filler + "\"");
      }
      subs.put("many" + room, new JsonObject().put("recover", true));
    }
    String body = new JsonObject().put("subs", subs).encode();
    try (LineStream stream = LineStream.post(node.port(), LINES, body)) {
      String connect = stream.next();
      assertThat(connect.length()).isLessThan(400_000);
      int missing = 20 * 20;
      for (Object sub : connect(connect).getJsonObject("subs").getMap().values()) {
        missing -= ((Map<?, ?>) sub).get("publications") instanceof List<?> l ? l.size() : 0;
      }
      for (int i = missing; i > 0; i--) {
        assertThat(stream.next()).contains("\"pub\":{\"data\":\"");
      }
    }
  }

  @Test
  void rooms_that_one_may_not_listen_in_are_left_out_and_those_of_the_token_are_not() {
    String token =
        SIGNER.sign(
            new JsonObject()
                .put("sub", "ann")
                .put("info", new JsonObject().put("n", 1))
                .put("channels", new JsonArray().add("hers")));
    JsonObject body = new JsonObject(subs("closed:a", "open", "hers")).put("token", token);
    try (LineStream stream = LineStream.post(node.port(), LINES, body.encode())) {
      assertThat(connect(stream.next()).getJsonObject("subs").fieldNames())
          .containsExactlyInAnyOrder("open", "hers");
      publish("open", "1");
      assertThat(stream.next()).contains("\"channel\":\"open\"");
    }
  }

  @Test
  void who_wants_to_is_told_who_comes_and_goes() {
    String body = "{\"subs\":{\"there\":{\"join_leave\":true}}}";
    try (LineStream stream = LineStream.post(node.port(), LINES, body)) {
      String own = connect(stream.next()).getString("client");
      try (LineStream other = LineStream.post(node.port(), LINES, subs("there"))) {
        String client = connect(other.next()).getString("client");
        String push = stream.next();
        if (push.contains(own)) {
          push = stream.next();
        }
        assertThat(push)
            .isEqualTo(
                "{\"channel\":\"there\",\"join\":{\"info\":{\"user\":\"\",\"client\":\""
                    + client
                    + "\"}}}");
      }
      assertThat(stream.next()).startsWith("{\"channel\":\"there\",\"leave\":{\"info\":");
    }
  }

  @Test
  void a_name_and_the_wish_for_times_come_with_the_request() {
    String there = "{\"subs\":{\"named\":{\"join_leave\":true}}}";
    String wishes = "?name=Ann&time=true";
    try (LineStream stream = LineStream.post(node.port(), LINES + wishes, there);
        LineStream events = LineStream.ask(node.port(), query(EVENTS, there) + "&name=Bob")) {
      assertThat(connect(stream.next()).getJsonObject("subs").fieldNames()).contains("named");
      assertThat(connect(events.next()).getJsonObject("subs").fieldNames()).contains("named");
      String join = stream.next();
      while (!join.contains("\"user\":\"Bob\"")) {
        assertThat(join).contains("\"join\":{\"info\":{\"user\":\"Ann\"");
        join = stream.next();
      }
      publish("named", "1");
      assertThat(stream.next()).matches(".*\"offset\":1,\"time\":\\d{13}}}");
    }
    String bad = LineStream.request("POST", LINES + "?name=" + "x".repeat(300), "{}");
    try (RawHttp http = new RawHttp(node.port())) {
      assertThat(http.send(bad).answer().status()).isEqualTo(400);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"token\":\"a.b.c\"}|3500|invalid token",
        "{\"subs\":1}|3501|bad request: a value has the wrong type",
        "{\"subs\":{\"a b\":{}}}|3501|bad request: a room name has letters",
        "[]|3501|bad request: a JSON object was expected",
        "{|3501|bad request: this is no JSON",
        "''|3501|bad request: a message without a command",
        "EXPIRED|3005|connection expired",
      })
  void who_cannot_connect_is_told_why_by_a_last_push_or_the_close(
      String connect, int code, String why) {
    long past = System.currentTimeMillis() / 1000 - 60;
    String expired = SIGNER.sign(new JsonObject().put("sub", "ann").put("exp", past));
    String body =
        connect.equals("EXPIRED") ? new JsonObject().put("token", expired).encode() : connect;
    String last = "{\"disconnect\":{\"code\":" + code + ",\"reason\":\"" + why;
    try (LineStream lines = LineStream.post(node.port(), LINES, body);
        LineStream events = LineStream.post(node.port(), EVENTS, body);
        RawWebSocket ws = RawWebSocket.connect(node.port(), SOCKET)) {
      assertThat(lines.next()).startsWith(last);
      lines.expectEnd();
      assertThat(events.next()).startsWith(last);
      events.expectEnd();
      ws.sendText(body);
      assertThat(ws.expectClosed(code)).startsWith(why);
    }
  }

  @Test
  void everybody_is_pinged_and_nobody_has_to_answer() throws IOException {
    try (NodeInProcess pinging = start(1);
        LineStream stream = LineStream.post(pinging.port(), LINES, "{}");
        RawWebSocket ws = RawWebSocket.connect(pinging.port(), SOCKET)) {
      ws.sendText("{}");
      assertThat(stream.next()).endsWith(",\"ping\":1}}");
      assertThat(ws.nextFrame().text()).endsWith(",\"ping\":1}}");
      for (int i = 0; i < 4; i++) {
        assertThat(stream.next()).isEqualTo("{}");
        assertThat(ws.nextFrame().text()).isEqualTo("{}");
      }
    }
  }

  @Test
  void who_does_not_read_is_told_3008() {
    String filler = "x".repeat(60_000);
    try (LineStream stopped = LineStream.post(node.port(), LINES, subs("slow:a"));
        RawWebSocket speaks = RawWebSocket.connect(node.port(), "/rooms/slow:a")) {
      assertThat(stopped.next()).contains("slow:a");
      for (int i = 0; i < 300; i++) {
        speaks.sendText(i + filler);
        assertThat(speaks.nextFrame().text()).startsWith(i + "x");
      }
      assertThat(stopped.expectDisconnect(3008)).startsWith("{\"disconnect\":");
    }
  }

  @Test
  void who_does_not_say_who_it_is_is_stale_after_ten_seconds() {
    long past = System.currentTimeMillis() / 1000 - 60;
    String expired = SIGNER.sign(new JsonObject().put("sub", "ann").put("exp", past));
    JsonObject token = new JsonObject().put("token", expired);
    String refused = new JsonObject().put("id", 1).put("connect", token).encode();
    Duration most = Duration.ofSeconds(15);
    try (RawWebSocket listens = RawWebSocket.connect(node.port(), SOCKET);
        RawWebSocket speaks = RawWebSocket.connect(node.port(), "/connection/websocket");
        LineStream stream = LineStream.post(node.port(), "/connection/http_stream", refused)) {
      assertThat(stream.next()).startsWith("{\"id\":1,\"error\":{\"code\":109,");
      List.of(listens, speaks, stream).forEach(client -> client.patience(most));
      assertThat(listens.expectClosed(3502)).isEqualTo("stale");
      assertThat(speaks.expectClosed(3502)).isEqualTo("stale");
      stream.expectDisconnect(3502);
    }
  }
}
