package io.stentor.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.support.NodeInProcess;
import io.stentor.support.RawHttp;
import io.stentor.support.RawHttp.Answer;
import io.stentor.support.RawWebSocket;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Heads that RFC 9112 does not allow are refused wherever they go; lists are read as lists. */
class HeadCheckTest {
  private static final String KEY = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";
  private static final String OTHER_KEY = "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==";
  private static NodeInProcess node;

  @BeforeAll
  static void start() throws IOException {
    node = NodeInProcess.start(new JsonObject());
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  private static Answer sent(String text) {
    try (RawHttp http = new RawHttp(node.port())) {
      return http.send(text).answer();
    }
  }

  /** {@code ;} ends a line. */
  private static String request(String line, String headers) {
    return line + "\r\n" + headers.replace(";", "\r\n") + (headers.isEmpty() ? "\r\n" : "\r\n\r\n");
  }

  private static void assertRefused(Answer answer, String detail) {
    assertThat(answer.status()).as(answer.body()).isEqualTo(400);
    assertThat(answer.header("content-type")).isEqualTo("application/problem+json");
    assertThat(new JsonObject(answer.body()).getString("detail")).startsWith(detail);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Host: a;Host: b|The header Host is given twice.",
        "Host: a;Host: a|The header Host is given twice.",
        "Accept: */*|The header Host is missing.",
        "Host: a b|The header Host is not a host",
        "Host: [::1|The header Host is not a host",
        "Host: a;Transfer-Encoding: gzip, chunked|A body is taken as it is or chunked",
        "Host: a;Transfer-Encoding: gzip;Transfer-Encoding: chunked|A body is taken as it is or ch",
        "Host: a;Transfer-Encoding: x;Transfer-Encoding: chunked|A body is taken as it is or chunk",
        "Host: a;Transfer-Encoding: chunked, gzip|The request is not HTTP",
        "Host: a;Transfer-Encoding: gzip|The request is not HTTP",
        "Host: a;Transfer-Encoding: identity|The request is not HTTP",
        "Host: a;Transfer-Encoding: chunked, chunked|The request is not HTTP",
        "Host: a;Transfer-Encoding: chunked;Content-Length: 5|The request is not HTTP",
        "Host: a;Content-Length: 2;Content-Length: 3|The request is not HTTP",
        "Host: a;Content-Length: 2, 3|The request is not HTTP",
        "Host: a;Content-Length: +2|The request is not HTTP",
        "Host: a;Authorization: Bearer a;authorization: Bearer b|The header Authorization is given",
        "Host: a;X-API-Key: a;X-API-Key: b|The header X-API-Key is given twice",
        "Host: a;Content-Type: text/html;Content-Type: a/b|The header Content-Type is given twice",
        "Host: a;Content-Encoding: br;Content-Encoding: gzip|The header Content-Encoding is given",
        "Host: a;Origin: http://a;Origin: http://b|The header Origin is given twice",
        "Host : a|The request is not HTTP",
        "Host: a;X|The request is not HTTP",
        "Host: a;X;Connection: Upgrade;Upgrade: h2c|The request is not HTTP",
      })
  void a_head_that_is_not_allowed_is_refused_on_every_path(String headers, String detail) {
    String more = ";Content-Type: text/plain";
    for (String path : new String[] {"/rooms/a/messages", "/", "/health/live", "/emulation"}) {
      assertRefused(sent(request("POST " + path + " HTTP/1.1", headers + more)), detail);
    }
    String upgrade = ";Connection: Upgrade;Upgrade: websocket;Sec-WebSocket-Version: 13;" + KEY;
    for (String path : new String[] {"/", "/rooms/a", "/connection/websocket"}) {
      assertRefused(sent(request("GET " + path + " HTTP/1.1", headers + upgrade)), detail);
    }
  }

  @Test
  void a_header_that_is_repeated_with_the_same_value_is_taken() {
    String type = "Content-Type: text/plain;";
    String headers = "Host: a;Connection: close;Content-Length: 1;" + type + type;
    Answer answer = sent(request("POST /rooms/repeated/messages HTTP/1.1", headers) + "x");
    assertThat(answer.status()).as(answer.body()).isEqualTo(201);
  }

  @Test
  void a_second_request_on_a_connection_is_looked_at_too() {
    try (RawHttp http = new RawHttp(node.port())) {
      http.send("GET /rooms HTTP/1.1\r\nHost: a\r\n\r\n");
      assertThat(http.answer().status()).isEqualTo(200);
      http.send("GET /rooms HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n");
      assertRefused(http.answer(), "The header Host is given twice.");
      assertThat(http.isEnded()).isTrue();
    }
  }

  @ParameterizedTest
  @CsvSource({"HTTP/1.0,200", "HTTP/1.1,200", "HTTP/1.2,200", "HTTP/2.0,400", "HTTP/3.7,400"})
  void a_later_minor_version_is_served_and_another_major_one_is_refused(
      String version, int status) {
    Answer answer = sent("GET /rooms " + version + "\r\nHost: a\r\nConnection: close\r\n\r\n");
    assertThat(answer.status()).isEqualTo(status);
    if (status == 400) {
      assertRefused(answer, "HTTP/1.0, HTTP/1.1 and HTTP/2 are spoken here, not " + version);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Connection: keep-alive;Connection: Upgrade;Upgrade: websocket",
        "Connection: Upgrade;Connection: keep-alive;Upgrade: websocket",
        "Connection: keep-alive ,  UPGRADE,;Upgrade: websocket",
        "connection:upgrade;upgrade:WebSocket",
        "Connection: Upgrade;Upgrade: websocket, h2c",
        "Connection: Upgrade, HTTP2-Settings;Upgrade: h2c, WebSocket;HTTP2-Settings: AAMAAABk",
        "Connection: Upgrade;Upgrade: h2c;Upgrade: websocket",
        "Connection: Upgrade;Upgrade: foo/2;Upgrade: ,websocket"
      })
  void lists_are_read_in_every_form_they_may_have(String headers) {
    String rest = ";Host: a;Sec-WebSocket-Version: 13;" + KEY;
    for (String path :
        new String[] {"/", "/rooms/a", "/connection/websocket", "http://b/rooms/a"}) {
      assertThat(sent(request("GET " + path + " HTTP/1.1", headers + rest)).status())
          .isEqualTo(101);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Connection: not-upgrade;Upgrade: websocket;V;K|400|The header Connection has to say Upgr",
        "Connection: Upgrade;Upgrade: websocket;V;K;K2|400|The header Sec-WebSocket-Key is given"
            + " tw",
        "Connection: Upgrade;Upgrade: websocket;V;K;K|400|The header Sec-WebSocket-Key is given"
            + " twi",
        "Connection: Upgrade;Upgrade: websocket;V;V;K|426|Only version 13 of the WebSocket protoco",
        "Connection: Upgrade;Upgrade: websocket;Sec-WebSocket-Version: 13, 8;K|426|Only version 13",
        "Connection: Upgrade;Upgrade: websocket;V;K;Content-Length: 5|400|A request that opens a W",
        "Connection: Upgrade;Upgrade: websocket;V;K;Transfer-Encoding: chunked|400|A request that",
      })
  void an_upgrade_that_is_not_clear_is_refused(String headers, int status, String detail) {
    String whole =
        headers
            .replace(";K2", ";" + OTHER_KEY)
            .replace(";K", ";" + KEY)
            .replace(";V", ";Sec-WebSocket-Version: 13");
    Answer answer = sent(request("GET /rooms/a HTTP/1.1", "Host: a;" + whole));
    assertThat(answer.status()).isEqualTo(status);
    assertThat(new JsonObject(answer.body()).getString("detail")).startsWith(detail);
  }

  @Test
  void an_upgrade_to_http2_that_is_not_whole_is_served_as_http1() {
    for (String headers :
        new String[] {
          "Host: a;Connection: Upgrade;Upgrade: h2c",
          "Host: a;Connection: Upgrade, HTTP2-Settings;Upgrade: h2c;HTTP2-Settings: !!",
          "Host: a;Connection: Upgrade, HTTP2-Settings;Upgrade: h2c;HTTP2-Settings: AAMA"
        }) {
      assertThat(sent(request("GET /rooms HTTP/1.1", headers)).status()).isEqualTo(200);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"zz", "2\nhi\n0\n\n", "2;\u0001\r\nhi\r\n0\r\n\r\n", "-1\r\n\r\n"})
  void chunks_that_are_none_are_told_so(String body) {
    String head = "Host: a;Content-Type: text/plain;Transfer-Encoding: chunked";
    try (RawHttp http = new RawHttp(node.port())) {
      http.send(request("POST /rooms/a/messages HTTP/1.1", head) + body + "\r\n");
      assertRefused(http.answer(), "The chunks of the body are not as RFC 9112");
      assertThat(http.isEnded()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"{x}", "a|b", "a^b", "\"", "<>", "`", "\\", "[1]", "é", "房", "'"})
  void raw_characters_in_a_query_are_taken_by_upgrades_and_by_gets(String name) {
    String raw = "name=" + name + "&more={" + name + "}";
    try (RawWebSocket socket = RawWebSocket.connect(node.port(), "/rooms/raw?" + raw)) {
      socket.sendText("in");
      assertThat(socket.nextFrame().text()).isEqualTo("in");
      Answer members = RawHttp.get(node.port(), "/rooms/raw/members?" + raw);
      assertThat(members.status()).isEqualTo(200);
      assertThat(new JsonObject(members.body()).getJsonArray("members"))
          .extracting(one -> ((JsonObject) one).getString("user"))
          .containsExactly(name);
    }
  }

  @Test
  void a_room_in_raw_utf8_is_the_room_in_percent_signs() {
    String encoded = URLEncoder.encode("房间", StandardCharsets.UTF_8);
    try (RawWebSocket one = RawWebSocket.connect(node.port(), "/rooms/房间");
        RawWebSocket two = RawWebSocket.connect(node.port(), "/rooms/" + encoded)) {
      one.sendText("1");
      assertThat(one.nextFrame().text()).isEqualTo("1");
      two.sendText("2");
      assertThat(one.nextFrame().text()).isEqualTo("2");
    }
    Answer read = RawHttp.get(node.port(), "/rooms/房间/messages");
    assertThat(new JsonObject(read.body()).getJsonArray("messages"))
        .isEqualTo(
            new JsonObject(RawHttp.get(node.port(), "/rooms/" + encoded + "/messages").body())
                .getJsonArray("messages"))
        .isNotEqualTo(new JsonArray());
  }
}
