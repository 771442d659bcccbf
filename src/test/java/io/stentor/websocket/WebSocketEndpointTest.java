package io.stentor.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stentor.support.EventClient;
import io.stentor.support.HttpRoom;
import io.stentor.support.NodeInProcess;
import io.stentor.support.RawHttp;
import io.stentor.support.RawWebSocket;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may upgrade where, and what the query says about where the cursor begins. */
class WebSocketEndpointTest {
  private static final String CURSOR = "Sec-WebSocket-Protocol: stentor.cursor";
  private static final String NAME =
      "a name has 1 to 128 characters, no control characters, and no space at its ends";
  private static NodeInProcess node;

  @BeforeAll
  static void start() throws IOException {
    JsonObject http =
        new JsonObject().put("allowedOrigins", new JsonArray().add("https://good.example"));
    JsonObject noPings = new JsonObject().put("pingIntervalSeconds", 0);
    node = NodeInProcess.start(new JsonObject().put("http", http).put("webSocket", noPings));
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  private static void assertRefused(int status, String detail, String... lines) {
    RawHttp.Answer answer = RawHttp.exchange(node.port(), lines);
    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.header("content-type")).isEqualTo("application/problem+json");
    assertThat(new JsonObject(answer.body()).getString("detail")).isEqualTo(detail);
  }

  /** The lines of a proper upgrade with the one that begins like this replaced. */
  private static String[] with(String line) {
    String name = line.substring(0, line.indexOf(':') + 1);
    return Arrays.stream(RawWebSocket.upgrade("/"))
        .map(one -> one.startsWith(name) ? line : one)
        .toArray(String[]::new);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Connection: close|400|The header Connection has to say Upgrade.",
        "Sec-WebSocket-Version: 12|426|Only version 13 of the WebSocket protocol is spoken here.",
        "Sec-WebSocket-Key: short|400|The header Sec-WebSocket-Key has to be 16 bytes in Base64.",
      })
  void a_bad_upgrade_is_told_what_is_wrong_with_it(String line, int status, String detail) {
    assertRefused(status, detail, with(line));
  }

  @Test
  void an_upgrade_by_post_is_told_that_only_get_does_it() {
    String[] lines = RawWebSocket.upgrade("/");
    lines[0] = "POST / HTTP/1.1";
    assertRefused(400, "A WebSocket is opened with GET over HTTP/1.1.", lines);
  }

  @Test
  void a_refusal_says_which_version_is_spoken() {
    RawHttp.Answer answer = RawHttp.exchange(node.port(), with("Sec-WebSocket-Version: 8"));
    assertThat(answer.header("sec-websocket-version")).isEqualTo("13");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/chat", "/rooms", "/rooms/a/b", "/roomsa", "/index.html"})
  void there_are_websockets_at_the_paths_of_rooms_only(String path) {
    assertRefused(
        404,
        "WebSockets are at /, at /rooms/{room} and at /connection/websocket.",
        RawWebSocket.upgrade(path));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/rooms/|a room name has 1 to 128 characters, this one has 0",
        "/rooms/a%20b|a room name has letters, digits and ._-:@#~+ only, not U+0020",
        "/rooms/a%zz|a room name has letters, digits and ._-:@#~+ only, not '%' (U+0025)",
        "/rooms/a?since=x|a position is epoch:offset as the server gave it, for example 1a2b3c:42",
        "/rooms/a?last=-1|last is a number of messages, 0 or more",
        "/rooms/a?last=many|last is a number of messages, 0 or more",
        "/?since=1:1&last=1|since and last exclude each other: give one of them",
        "/?name=|" + NAME,
        "/?name=%20ann|" + NAME,
        "/?name=a%0Ab|" + NAME,
      })
  void a_bad_room_or_start_is_told_in_one_sentence(String path, String detail) {
    assertRefused(400, detail, RawWebSocket.upgrade(path));
  }

  @Test
  void the_path_of_the_centrifuge_protocol_says_without_an_upgrade_what_it_is_for() {
    RawHttp.Answer answer = RawHttp.get(node.port(), "/connection/websocket");
    assertThat(answer.status()).isEqualTo(426);
    assertThat(answer.header("upgrade")).isEqualTo("websocket");
  }

  @Test
  void pages_of_other_origins_are_refused_and_programs_without_one_are_not() {
    String detail = "Origin not allowed.";
    assertRefused(403, detail, RawWebSocket.upgrade("/", "Origin: https://bad.example"));
    assertRefused(403, detail, RawWebSocket.upgrade("/", "Origin: https://good.example:444"));
    assertRefused(403, detail, RawWebSocket.upgrade("/", "Origin: null"));
    connect("/", "Origin: https://good.example").close();
    connect("/").close();
  }

  /** Connects with these lines in the request. */
  private static RawWebSocket connect(String path, String... more) {
    return RawWebSocket.connect(node.port(), path, more);
  }

  @Test
  void a_client_is_told_the_id_of_its_connection_first() {
    try (RawWebSocket ann = connect("/rooms/ids?name=Ann", CURSOR);
        EventClient events = EventClient.connect(node.port(), "/rooms/ids/events?name=Bob")) {
      String socket = new JsonObject(ann.nextFrame().text()).getString("connection");
      String stream = new JsonObject(events.next().data()).getString("connection");
      HttpRoom http = HttpRoom.at(node.port(), "ids");
      await()
          .untilAsserted(
              () ->
                  assertThat(http.get("/rooms/ids/members").response().body())
                      .contains(
                          "{\"connection\":\"" + socket + "\",\"user\":\"Ann\"}",
                          "{\"connection\":\"" + stream + "\",\"user\":\"Bob\"}"));
    }
  }

  @Test
  void a_client_without_echo_is_not_sent_its_own_messages_and_others_are() {
    try (RawWebSocket quiet = connect("/rooms/quiet?echo=false", CURSOR);
        RawWebSocket other = connect("/rooms/quiet", CURSOR)) {
      quiet.nextFrame();
      other.nextFrame();
      quiet.sendText("own");
      assertThat(other.nextFrame().text()).endsWith(":1\nown");
      other.sendText("answer");
      assertThat(quiet.nextFrame().text()).endsWith(":2\nanswer");
    }
  }

  @Test
  void echo_is_true_or_false() {
    String[] lines = RawWebSocket.upgrade("/rooms/echo?echo=no");
    RawHttp.Answer answer = RawHttp.exchange(node.port(), lines);
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.body()).contains("echo is true or false");
    try (RawWebSocket one = connect("/rooms/echo?echo=true")) {
      assertThat(one.sendText("a").nextFrame().text()).isEqualTo("a");
    }
  }

  @Test
  void a_client_of_the_cursor_protocol_resumes_where_it_was() {
    try (RawWebSocket one = connect("/rooms/resume", CURSOR)) {
      String joined = new JsonObject(one.nextFrame().text()).getString("position");
      assertThat(joined).endsWith(":0");
      one.sendText("a").sendText("b").sendText("c");
      String first = one.nextFrame().text();
      assertThat(first).endsWith(":1\na");
      String position = first.substring(0, first.indexOf('\n'));
      one.nextFrame();
      one.nextFrame();
      try (RawWebSocket two = connect("/rooms/resume?since=" + position, CURSOR);
          RawWebSocket plain = connect("/rooms/resume?since=" + position);
          RawWebSocket last = connect("/rooms/resume?last=1")) {
        assertThat(two.nextFrame().text())
            .startsWith("{\"position\":\"" + position + "\",\"recovered\":true,\"connection\":\"");
        assertThat(two.nextFrame().text()).endsWith(":2\nb");
        assertThat(two.nextFrame().text()).endsWith(":3\nc");
        assertThat(plain.nextFrame().text()).isEqualTo("b");
        assertThat(plain.nextFrame().text()).isEqualTo("c");
        assertThat(last.nextFrame().text()).isEqualTo("c");
      }
    }
  }

  @Test
  void a_position_that_nobody_gave_is_told_or_closed_with_3010() {
    try (RawWebSocket cursor = connect("/rooms/lost?since=1:1", CURSOR);
        RawWebSocket plain = connect("/rooms/lost?since=1:1")) {
      JsonObject told = new JsonObject(cursor.nextFrame().text());
      assertThat(told.getBoolean("recovered")).isFalse();
      assertThat(plain.expectClosed(3010))
          .isEqualTo("insufficient state: messages were lost, join again");
    }
  }

  @Test
  void a_room_of_another_script_is_one_room_however_its_path_is_written() {
    try (RawWebSocket one = connect("/rooms/%E8%81%8A+%2B");
        RawWebSocket two = connect("/rooms/%e8%81%8a%2b+")) {
      // Both have joined when each has heard itself and the other.
      one.sendText("1");
      assertThat(one.nextFrame().text()).isEqualTo("1");
      two.sendText("2");
      assertThat(one.nextFrame().text()).isEqualTo("2");
    }
  }
}
