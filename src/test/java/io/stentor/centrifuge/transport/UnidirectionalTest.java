package io.stentor.centrifuge.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.support.LineStream;
import io.stentor.support.RawHttp;
import io.stentor.support.RawWebSocket;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What clients are told that connect and then only listen. */
class UnidirectionalTest extends UnidirectionalSetting {
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
    try (LineStream stream = LineStream.post(node.port(), LINES + wishes, there)) {
      assertThat(connect(stream.next()).getJsonObject("subs").fieldNames()).contains("named");
      try (LineStream events = LineStream.ask(node.port(), query(EVENTS, there) + "&name=Bob")) {
        assertThat(connect(events.next()).getJsonObject("subs").fieldNames()).contains("named");
        String join = stream.next();
        while (!join.contains("\"user\":\"Bob\"")) {
          assertThat(join).contains("\"join\":{\"info\":{\"user\":\"Ann\"");
          join = stream.next();
        }
        publish("named", "1");
        assertThat(stream.next()).matches(".*\"offset\":1,\"time\":\\d{13}}}");
      }
    }
    String bad = LineStream.request("POST", LINES + "?name=" + "x".repeat(300), "{}");
    try (RawHttp http = new RawHttp(node.port())) {
      assertThat(http.send(bad).answer().status()).isEqualTo(400);
    }
  }
}
