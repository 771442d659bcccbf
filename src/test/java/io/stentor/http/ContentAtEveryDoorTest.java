package io.stentor.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.identity.ApiKeys;
import io.stentor.support.Client;
import io.stentor.support.HttpRoom;
import io.stentor.support.NodeInProcess;
import io.stentor.support.PostingClient;
import io.stentor.support.RawHttp;
import io.stentor.support.RawWebSocket;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every way in at which a message can be published refuses the same contents, says so, and takes a
 * good message after them; nobody in the room gets anything of what was refused.
 */
class ContentAtEveryDoorTest {
  private static final String KEY = ApiKeys.generate();
  private static final String REFUSED =
      "(?s).*(HTTP/1.1 4(00|13)|\"status\":4(00|13)|\"error\":|\"code\":350[0-9]|closed"
          + " (350[0-9]|10(07|09))).*";
  private static final List<String> ILL_FORMED =
      List.of(
          "c080", "eda080", "eda0bdedb880", "ff", "80", "f5808080", "f4908080", "e282", "e08080");
  private static final List<String> HALF_PAIRS =
      List.of("\\ud800", "\\uDFFF", "\\ude00\\ud83d", "\\ud83d\\ud83d\\ude00");
  private static final List<String> CHARSETS =
      List.of("UTF-16", "UTF-16LE", "UTF-16BE", "UTF-32LE", "UTF-32BE");
  private static final byte[] BYTE_ORDER_MARK = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};

  private static NodeInProcess node;

  /**
   * A way in.
   *
   * @param before what stands before the content of a string; ROOM is the room's name
   * @param after what stands behind it
   * @param json whether the whole is JSON
   * @param nested whether it is JSON within a string of JSON
   * @param send sends the whole and gives the answer
   */
  record Door(
      String name,
      String before,
      String after,
      boolean json,
      boolean nested,
      Function<byte[], String> send) {
    @Override
    public String toString() {
      return name;
    }

    byte[] body(String room, byte[] content) {
      ByteArrayOutputStream body = new ByteArrayOutputStream();
      body.writeBytes(before.replace("ROOM", room).getBytes(UTF_8));
      String latin = new String(content, ISO_8859_1);
      body.writeBytes((nested ? latin.replace("\\", "\\\\") : latin).getBytes(ISO_8859_1));
      body.writeBytes(after.getBytes(UTF_8));
      return body.toByteArray();
    }
  }

  @BeforeAll
  static void start() throws IOException {
    node =
        NodeInProcess.start(
            new JsonObject(
                """
                {"identity": {"apiKeys": [{"name": "shop", "sha256": "%s"}]},
                 "rooms": [
                  {"match": "shout-*", "transform": "shout", "maxMessageBytes": 100},
                  {"match": "log-*", "maxMessageBytes": 100, "history": {"bytes": 100}}]}
                """
                    .formatted(ApiKeys.hash(KEY))));
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  static Stream<Door> doors() {
    String command = "{\"id\":2,\"publish\":{\"channel\":\"ROOM\",\"data\":\"";
    String afterConnect = "{\"id\":1,\"connect\":{}}\n" + command;
    String posted = command.replace("\"", "\\\"");
    return Stream.of(
        new Door("plain WebSocket", "", "", false, false, body -> plain(room, body)),
        door("POST text", "", "", false, body -> post(messages(), "text/plain", body)),
        door("POST JSON", "\"", "\"", true, body -> post(messages(), "application/json", body)),
        batch("batch text", "text"),
        batch("batch data", "data"),
        api("publish", "{\"channel\":\"ROOM\",\"data\":\"", "\"}"),
        api("broadcast", "{\"channels\":[\"ROOM\"],\"data\":\"", "\"}"),
        api("batch", "{\"commands\":[{\"publish\":{\"channel\":\"ROOM\",\"data\":\"", "\"}}]}"),
        door("api b64data", "\"", "\"", true, ContentAtEveryDoorTest::base64),
        door("Centrifuge WebSocket", command, "\"}}", true, ContentAtEveryDoorTest::socket),
        door("http_stream", afterConnect, "\"}}", true, body -> stream("http_stream", body)),
        door("sse by POST", afterConnect, "\"}}", true, body -> stream("sse", body)),
        door("sse by GET", afterConnect, "\"}}", true, ContentAtEveryDoorTest::query),
        new Door("emulation", posted, "\\\"}}", true, true, ContentAtEveryDoorTest::emulation));
  }

  /** The room of the running test. */
  private static String room = "";

  private static Door door(
      String name, String before, String after, boolean json, Function<byte[], String> send) {
    return new Door(name, before, after, json, false, send);
  }

  private static Door batch(String name, String member) {
    String before = "{\"messages\":[{\"room\":\"ROOM\",\"" + member + "\":\"";
    return door(name, before, "\"}]}", true, body -> post("/messages", "application/json", body));
  }

  private static Door api(String method, String before, String after) {
    return door(
        "api " + method,
        before,
        after,
        true,
        body -> post("/api/" + method, "application/json", body));
  }

  private static String messages() {
    return "/rooms/" + room + "/messages";
  }

  private static RawHttp sent(String method, String target, String type, byte[] body) {
    String head =
        method
            + " "
            + target
            + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-API-Key: "
            + KEY
            + "\r\nContent-Type: "
            + type
            + "\r\nContent-Length: "
            + body.length
            + "\r\n\r\n";
    ByteArrayOutputStream request = new ByteArrayOutputStream();
    request.writeBytes(head.getBytes(US_ASCII));
    request.writeBytes(body);
    return new RawHttp(node.port()).send(request.toByteArray());
  }

  private static String post(String path, String type, byte[] body) {
    try (RawHttp http = sent("POST", path, type, body)) {
      RawHttp.Answer answer = http.answer();
      return "HTTP/1.1 " + answer.status() + " " + answer.body();
    }
  }

  private static String base64(byte[] data) {
    String body =
        new JsonObject()
            .put("channel", room)
            .put("b64data", Base64.getEncoder().encodeToString(data))
            .encode();
    return post("/api/publish", "application/json", body.getBytes(UTF_8));
  }

  private static String stream(String path, byte[] body) {
    try (RawHttp http = sent("POST", "/connection/" + path, "application/json", body)) {
      return decided(http);
    }
  }

  private static String query(byte[] connect) {
    StringBuilder target = new StringBuilder("/connection/sse?cf_connect=");
    for (byte one : connect) {
      target.append('%').append(HexFormat.of().toHexDigits(one));
    }
    try (RawHttp http = sent("GET", target.toString(), "text/plain", new byte[0])) {
      return decided(http);
    }
  }

  /** Reads up to the answer to the second command, or to a refusal. */
  private static String decided(RawHttp http) {
    StringBuilder all = new StringBuilder();
    while (!all.toString().matches(REFUSED) && all.indexOf("\"id\":2") < 0) {
      all.append(http.line()).append('\n');
    }
    return all.toString();
  }

  private static String emulation(byte[] data) {
    try (PostingClient client = new PostingClient(node.port(), "/connection/http_stream")) {
      String begin =
          "{\"session\":\""
              + client.session()
              + "\",\"node\":\""
              + client.node()
              + "\",\"data\":\"";
      ByteArrayOutputStream body = new ByteArrayOutputStream();
      boolean marked = data.length > 2 && data[0] == BYTE_ORDER_MARK[0];
      body.writeBytes(marked ? BYTE_ORDER_MARK : new byte[0]);
      body.writeBytes(begin.getBytes(UTF_8));
      body.write(data, marked ? 3 : 0, data.length - (marked ? 3 : 0));
      body.writeBytes("\"}".getBytes(UTF_8));
      String answer = post("/emulation", "application/json", body.toByteArray());
      return answer.contains(" 204 ") ? answer + client.next() : answer;
    }
  }

  private static String socket(byte[] message) {
    try (RawWebSocket ws = RawWebSocket.connect(node.port(), "/connection/websocket")) {
      ws.sendText("{\"id\":1,\"connect\":{}}");
      ws.nextFrame();
      ws.sendFrame(RawWebSocket.FIN | RawWebSocket.TEXT, message);
      return said(ws.nextFrame());
    }
  }

  private static String plain(String ofRoom, byte[] message) {
    try (RawWebSocket ws = RawWebSocket.connect(node.port(), "/rooms/" + ofRoom)) {
      ws.sendFrame(RawWebSocket.FIN | RawWebSocket.TEXT, message);
      return said(ws.nextFrame());
    }
  }

  private static String said(RawWebSocket.Frame frame) {
    return frame.opcode() == RawWebSocket.CLOSE
        ? "closed " + frame.closeCode() + " " + frame.reason()
        : frame.text();
  }

  private void assertRefused(Door door, byte[] body, String what) {
    assertThat(door.send().apply(body)).as(door + ": " + what).matches(REFUSED);
  }

  private void assertTaken(Door door, byte[] content, Client listener, String heard) {
    String answer = door.send().apply(door.body(room, content));
    assertThat(answer).as(door.name()).doesNotMatch(REFUSED);
    assertThat(listener.next()).as(door.name()).isEqualTo(heard);
  }

  @ParameterizedTest
  @MethodSource("doors")
  void what_is_not_utf8_or_not_json_is_refused_and_heard_by_nobody(Door door) {
    room = "doors-" + UUID.randomUUID();
    try (Client listener = Client.connect(node.port(), "/rooms/" + room)) {
      listener.expectNothingBefore("here");
      for (String hex : ILL_FORMED) {
        byte[] bad = HexFormat.of().parseHex("51" + hex + "51");
        assertRefused(door, door.body(room, bad), hex);
      }
      if (door.json()) {
        for (String half : HALF_PAIRS) {
          assertRefused(door, door.body(room, half.getBytes(UTF_8)), half);
        }
        byte[] good = door.body(room, new byte[] {'x'});
        ByteArrayOutputStream marked = new ByteArrayOutputStream();
        marked.writeBytes(BYTE_ORDER_MARK);
        marked.writeBytes(good);
        assertRefused(door, marked.toByteArray(), "byte order mark");
        if (!door.nested()) {
          String text = new String(good, UTF_8);
          for (String charset : CHARSETS) {
            assertRefused(door, text.getBytes(Charset.forName(charset)), charset);
          }
        }
      }
      // U+FEFF within a text is a character like any other, and a whole pair is one.
      assertTaken(door, "a\ufeff\ud83d\ude00b".getBytes(UTF_8), listener, "a\ufeff\ud83d\ude00b");
      if (door.json()) {
        byte[] pair = "\\ud83d\\ude00".getBytes(UTF_8);
        assertTaken(door, pair, listener, "\ud83d\ude00");
      }
    }
  }

  @ParameterizedTest
  @MethodSource("doors")
  void a_message_that_its_room_makes_larger_than_the_limit_is_refused(Door door) {
    room = "shout-" + UUID.randomUUID();
    try (Client listener = Client.connect(node.port(), "/rooms/" + room)) {
      listener.publish("here");
      assertThat(listener.next()).isEqualTo("HERE!!!");
      // 90 bytes that have 270 in upper case; 95, which quotes and marks make a hundred.
      assertRefused(door, door.body(room, "ΐ".repeat(45).getBytes(UTF_8)), "grown");
      assertTaken(door, "a".repeat(95).getBytes(UTF_8), listener, "A".repeat(95) + "!!!");
    }
  }

  @Test
  void a_message_that_the_log_does_not_hold_with_its_publisher_is_refused_and_changes_nothing() {
    room = "log-" + UUID.randomUUID();
    HttpRoom log = HttpRoom.at(node.port(), room);
    log.publish("before");
    String text = "x".repeat(100);
    String request =
        "POST /rooms/"
            + room
            + "/messages?name=Ann HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
            + "Content-Type: text/plain\r\nContent-Length: 100\r\n\r\n";
    try (RawHttp http = new RawHttp(node.port())) {
      RawHttp.Answer answer = http.send(request + text).answer();
      assertThat(answer.status()).isEqualTo(413);
      assertThat(answer.body()).contains("too-large", "100", "103");
    }
    assertThat(log.read("").contents()).containsExactly("before");
    String named = "/rooms/" + room + "?name=Ann";
    try (RawWebSocket ws = RawWebSocket.connect(node.port(), named)) {
      ws.sendText(text);
      assertThat(said(ws.nextFrame())).startsWith("closed 1009 the log holds 100 bytes");
    }
    assertThat(log.publish(text).status()).isEqualTo(201);
    assertThat(log.read("").contents()).containsExactly(text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"%C0%80", "%ED%A0%80", "%ff", "a%80", "%E2%82"})
  void a_query_that_is_not_utf8_is_refused(String name) {
    room = "names-" + UUID.randomUUID();
    String path = "/rooms/" + room;
    assertThat(post(path + "/messages?name=" + name, "text/plain", new byte[] {'x'}))
        .startsWith("HTTP/1.1 400")
        .contains("UTF-8");
    for (String of : List.of("/events", "/members", "/messages")) {
      assertThat(RawHttp.get(node.port(), path + of + "?name=" + name).status()).isEqualTo(400);
    }
    for (String upgrade : List.of(path, "/connection/websocket", "/connection/uni_websocket")) {
      String[] lines = RawWebSocket.upgrade(upgrade + "?name=" + name);
      assertThat(RawHttp.exchange(node.port(), lines).status()).as(upgrade).isEqualTo(400);
    }
  }
}
