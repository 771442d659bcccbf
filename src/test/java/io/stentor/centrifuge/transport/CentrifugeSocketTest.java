package io.stentor.centrifuge.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stentor.support.NodeInProcess;
import io.stentor.support.RawHttp;
import io.stentor.support.RawWebSocket;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Sockets of the Centrifuge protocol at their limits. */
class CentrifugeSocketTest {
  private static final String PATH = "/connection/websocket";
  private static final Duration SOON = Duration.ofSeconds(20);
  private static NodeInProcess node;

  @BeforeAll
  static void start() throws IOException {
    JsonObject any = new JsonObject().put("messagesPerSecondPerConnection", 0);
    JsonObject often = new JsonObject().put("ratePerSecond", 0);
    node = CentrifugeNodes.start(0, new JsonObject().put("limits", any).put("roomDefaults", often));
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  private static RawWebSocket connected() {
    RawWebSocket ws = RawWebSocket.connect(node.port(), PATH);
    ws.sendText("{\"id\":1,\"connect\":{}}");
    assertThat(next(ws)).startsWith("{\"id\":1,\"connect\":");
    return ws;
  }

  private static RawWebSocket subscribed(String room) {
    RawWebSocket ws = connected();
    ws.sendText(command(2, "subscribe", "{\"channel\":\"" + room + "\"}"));
    assertThat(next(ws)).startsWith("{\"id\":2,\"subscribe\":");
    return ws;
  }

  private static String command(int id, String name, String body) {
    return "{\"id\":" + id + ",\"" + name + "\":" + body + "}";
  }

  private static String publish(int id, String room, String data) {
    return command(id, "publish", "{\"channel\":\"" + room + "\",\"data\":" + data + "}");
  }

  private static String next(RawWebSocket ws) {
    RawWebSocket.Frame frame = ws.nextFrame();
    assertThat(frame.opcode()).as(frame.text()).isEqualTo(RawWebSocket.TEXT);
    return frame.text();
  }

  @Test
  void a_client_of_the_demo_can_be_treated_as_one_that_reads_slowly() throws IOException {
    JsonObject latest =
        new JsonObject()
            .put("match", "held")
            .put("slowConsumer", "latest")
            .put("maxMessageBytes", 1000)
            .put("tailBytes", 1000)
            .put("ratePerSecond", 0);
    JsonObject config =
        new JsonObject()
            .put("rooms", new JsonArray().add(latest))
            .put("demo", new JsonObject().put("enabled", true).put("updatesPerSecond", 1));
    try (NodeInProcess demo = NodeInProcess.start(config);
        RawWebSocket slow = RawWebSocket.connect(demo.port(), PATH);
        RawWebSocket other = RawWebSocket.connect(demo.port(), PATH)) {
      for (RawWebSocket ws : List.of(slow, other)) {
        ws.sendText("{\"id\":1,\"connect\":{}}");
        assertThat(next(ws)).startsWith("{\"id\":1,\"connect\":");
        ws.sendText(command(2, "subscribe", "{\"channel\":\"held\"}"));
        assertThat(next(ws)).startsWith("{\"id\":2,\"subscribe\":");
      }
      slow.sendText(command(3, "rpc", "{\"method\":\"demo.readSlowly\"}"));
      assertThat(next(slow)).isEqualTo("{\"id\":3,\"rpc\":{\"data\":{\"seconds\":10}}}");
      slow.sendText(command(4, "rpc", "{\"method\":\"demo.readSlowly\"}"));
      assertThat(next(slow)).contains("\"code\":108");
      for (int i = 1; i <= 100; i++) {
        other.sendText(publish(4 + i, "held", Integer.toString(i)));
      }
      while (!next(other).contains("\"pub\":{\"data\":100,")) {
        // Earlier messages, and replies to publish commands.
      }
      assertThat(next(slow))
          .as("the newest alone")
          .startsWith("{\"push\":{\"channel\":\"held\",\"pub\":{\"data\":100,");
    }
  }

  @Test
  void only_the_demo_has_a_method_for_that() {
    try (RawWebSocket ws = connected()) {
      ws.sendText(command(2, "rpc", "{\"method\":\"demo.readSlowly\"}"));
      assertThat(next(ws)).contains("\"code\":108");
    }
  }

  @Test
  void the_sub_protocol_of_json_is_agreed_on() {
    String[] offer =
        RawWebSocket.upgrade(PATH, "Sec-WebSocket-Protocol: stentor.cursor, centrifuge-json");
    try (RawHttp http = new RawHttp(node.port())) {
      http.send(String.join("\r\n", offer) + "\r\n\r\n");
      assertThat(http.answer().header("sec-websocket-protocol")).isEqualTo("centrifuge-json");
    }
  }

  @Test
  void a_room_speaks_no_sub_protocol_of_another_path() {
    String[] offer = RawWebSocket.upgrade("/rooms/a", "Sec-WebSocket-Protocol: centrifuge-json");
    try (RawHttp http = new RawHttp(node.port())) {
      http.send(String.join("\r\n", offer) + "\r\n\r\n");
      RawHttp.Answer answer = http.answer();
      assertThat(answer.status()).isEqualTo(101);
      assertThat(answer.header("sec-websocket-protocol")).isEmpty();
    }
  }

  @Test
  void who_answers_pings_stays_and_who_does_not_is_closed_with_3012() throws IOException {
    try (NodeInProcess pinging = CentrifugeNodes.start(1, new JsonObject());
        RawWebSocket ws = RawWebSocket.connect(pinging.port(), PATH)) {
      ws.sendText("{\"id\":1,\"connect\":{}}");
      assertThat(next(ws)).contains(",\"ping\":1,\"pong\":true}");
      for (int i = 0; i < 3; i++) {
        assertThat(next(ws)).isEqualTo("{}");
        ws.sendText("{}");
      }
      assertThat(ws.expectClosed(3012)).isEqualTo("no pong");
    }
  }

  @Test
  void a_message_of_commands_over_64_kib_closes_with_1009() {
    try (RawWebSocket ws = connected()) {
      ws.sendFrame(RawWebSocket.FIN | RawWebSocket.TEXT, new byte[65_537]).expectClosed(1009);
    }
  }

  @Test
  void binary_and_bad_utf8_are_refused_as_everywhere() {
    try (RawWebSocket binary = connected();
        RawWebSocket latin1 = connected()) {
      binary.sendFrame(RawWebSocket.FIN | RawWebSocket.BINARY, new byte[] {1}).expectClosed(1003);
      latin1
          .sendFrame(RawWebSocket.FIN | RawWebSocket.TEXT, new byte[] {(byte) 0xe9})
          .expectClosed(1007);
    }
  }

  @Test
  void rooms_hear_nothing_of_each_other() {
    try (RawWebSocket a = subscribed("apart:a");
        RawWebSocket b = subscribed("apart:b")) {
      a.sendText(command(3, "subscribe", "{\"channel\":\"apart:c\"}"));
      assertThat(next(a)).startsWith("{\"id\":3,\"subscribe\":");
      a.sendText(command(4, "unsubscribe", "{\"channel\":\"apart:c\"}"));
      assertThat(next(a)).isEqualTo("{\"id\":4,\"unsubscribe\":{}}");
      for (String room : List.of("apart:b", "apart:c", "apart:a:b", "apart", "apart:a")) {
        b.sendText(publish(5, room, "\"to " + room + "\""));
      }
      assertThat(next(a)).contains("\"channel\":\"apart:a\"").contains("\"to apart:a\"");
      List<String> heard = IntStream.range(0, 6).mapToObj(i -> next(b)).toList();
      assertThat(heard).filteredOn(line -> line.contains("push")).hasSize(1);
    }
  }

  @Test
  void many_messages_at_once_are_published_in_their_order_and_each_is_answered() {
    int count = 20_000;
    try (RawWebSocket hears = subscribed("order:a");
        RawWebSocket speaks = connected()) {
      List<String> answers = new ArrayList<>();
      for (int i = 0; i < count; i += 500) {
        List<String> lines = new ArrayList<>();
        for (int n = i; n < i + 500; n++) {
          lines.add(publish(n + 10, "order:a", Integer.toString(n)));
        }
        speaks.sendText(String.join("\n", lines));
        for (int n = i; n < i + 500; n++) {
          answers.add(next(speaks));
          assertThat(next(hears)).contains("\"data\":" + n + ",").contains("\"offset\":" + (n + 1));
        }
      }
      for (int n = 0; n < count; n++) {
        assertThat(answers.get(n)).isEqualTo("{\"id\":" + (n + 10) + ",\"publish\":{}}");
      }
    }
  }

  @Test
  void a_connection_is_in_128_rooms_and_no_more() {
    try (RawWebSocket ws = connected()) {
      for (int i = 0; i < 128; i++) {
        ws.sendText(command(i + 2, "subscribe", "{\"channel\":\"many:" + i + "\"}"));
        assertThat(next(ws)).startsWith("{\"id\":" + (i + 2) + ",\"subscribe\":");
      }
      ws.sendText(command(200, "subscribe", "{\"channel\":\"many:more\"}"));
      assertThat(next(ws)).startsWith("{\"id\":200,\"error\":{\"code\":106,");
    }
  }

  @Test
  void who_does_not_read_is_closed_with_3008_and_the_others_hear_everything() {
    String filler = "x".repeat(60_000);
    try (RawWebSocket stopped = subscribed("slow:a");
        RawWebSocket reads = subscribed("slow:a");
        RawWebSocket speaks = RawWebSocket.connect(node.port(), "/rooms/slow:a")) {
      for (int i = 0; i < 300; i++) {
        speaks.sendText(i + filler);
        assertThat(speaks.nextFrame().text()).startsWith(i + "x");
        assertThat(next(reads)).contains("\"data\":\"" + i + "x");
      }
      assertThat(stopped.expectClosed(3008)).isEqualTo("slow");
    }
  }

  @Test
  void answers_that_nobody_takes_are_not_kept_without_end() {
    String filler = "\"" + "x".repeat(60_000) + "\"";
    try (RawWebSocket ws = connected()) {
      for (int i = 2; i < 12; i++) {
        ws.sendText(publish(i, "answers:a", filler));
        next(ws);
      }
      ws.sendText(command(300, "subscribe", "{\"channel\":\"answers:watched\"}"));
      next(ws);
      for (int i = 12; i < 200; i++) {
        ws.sendText(command(i, "history", "{\"channel\":\"answers:a\",\"limit\":-1}"));
      }
      // Reading any sooner would be taking the answers.
      await().atMost(SOON).until(() -> membersOf("answers:watched") == 0);
      assertThat(ws.expectClosed(3008)).isEqualTo("slow");
    }
  }

  private static int membersOf(String room) {
    RawHttp.Answer answer = RawHttp.get(node.port(), "/rooms/" + room + "/members");
    return new JsonObject(answer.body()).getInteger("connections");
  }
}
