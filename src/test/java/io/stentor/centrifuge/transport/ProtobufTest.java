package io.stentor.centrifuge.transport;

import static io.stentor.support.RawWebSocket.BINARY;
import static io.stentor.support.RawWebSocket.FIN;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.support.CentrifugeProtobuf;
import io.stentor.support.NodeInProcess;
import io.stentor.support.RawHttp;
import io.stentor.support.RawWebSocket;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Protobuf on each transport: how it is agreed on, its frames, and input that is none. */
class ProtobufTest {
  private static final String PATH = "/connection/websocket";
  private static final String OFFER = "Sec-WebSocket-Protocol: centrifuge-protobuf";
  private static final String OCTETS = "application/octet-stream";
  private static final String CONNECT = "{\"id\":1,\"connect\":{}}";
  private static NodeInProcess node;

  @BeforeAll
  static void start() throws IOException {
    JsonObject servers = new JsonObject().put("match", "closed*").put("subscribe", "server");
    node = CentrifugeNodes.start(0, new JsonObject().put("rooms", new JsonArray().add(servers)));
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  private static void send(RawWebSocket ws, String commands) {
    ws.sendFrame(FIN | BINARY, CentrifugeProtobuf.commands(commands));
  }

  private static void sendBytes(RawWebSocket ws, String hex) {
    ws.sendFrame(FIN | BINARY, HexFormat.of().parseHex(hex.replace(" ", "")));
  }

  private static String next(RawWebSocket ws) {
    RawWebSocket.Frame frame = ws.nextFrame();
    assertThat(frame.opcode()).as(frame.reason()).isEqualTo(BINARY);
    return CentrifugeProtobuf.replies(frame.payload());
  }

  private static RawWebSocket connected() {
    RawWebSocket ws = RawWebSocket.connect(node.port(), PATH, OFFER);
    send(ws, CONNECT);
    assertThat(next(ws)).startsWith("{\"id\":1,\"connect\":{\"client\":\"");
    return ws;
  }

  @Test
  void the_sub_protocol_is_agreed_on() {
    String[] offer = RawWebSocket.upgrade(PATH, OFFER);
    try (RawHttp http = new RawHttp(node.port())) {
      http.send(String.join("\r\n", offer) + "\r\n\r\n");
      assertThat(http.answer().header("sec-websocket-protocol")).isEqualTo("centrifuge-protobuf");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"?cf_protocol=protobuf", "?format=protobuf"})
  void the_address_can_ask_for_it(String query) {
    try (RawWebSocket ws = RawWebSocket.connect(node.port(), PATH + query)) {
      send(ws, CONNECT);
      assertThat(next(ws)).startsWith("{\"id\":1,\"connect\":");
    }
  }

  @Test
  void publications_have_their_time_if_the_address_asks_for_it() {
    try (RawWebSocket ws = RawWebSocket.connect(node.port(), PATH + "?time=true", OFFER)) {
      send(ws, CONNECT + "\n{\"id\":2,\"subscribe\":{\"channel\":\"timed\"}}");
      next(ws);
      next(ws);
      send(ws, "{\"id\":3,\"publish\":{\"channel\":\"timed\",\"data\":1}}");
      assertThat(next(ws) + next(ws)).containsPattern("\"offset\":1,\"time\":1[0-9]{12}");
      send(ws, "{\"id\":4,\"history\":{\"channel\":\"timed\",\"limit\":1}}");
      assertThat(next(ws)).containsPattern("\"offset\":1,\"time\":1[0-9]{12}");
    }
  }

  @Test
  void pings_are_empty_replies_and_pongs_are_empty_commands() throws IOException {
    try (NodeInProcess pinging = CentrifugeNodes.start(1, new JsonObject());
        RawWebSocket ws = RawWebSocket.connect(pinging.port(), PATH, OFFER)) {
      send(ws, CONNECT);
      assertThat(next(ws)).endsWith(",\"ping\":1,\"pong\":true}}");
      for (int i = 0; i < 3; i++) {
        assertThat(ws.nextFrame().payload()).containsExactly(0);
        sendBytes(ws, "00");
      }
      assertThat(ws.expectClosed(3012)).isEqualTo("no pong");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", // no command
        "05 08 02", // cut off
        "ff ff ff ff 0f", // announces 4 GiB
        "ff ff ff ff ff ff ff ff ff ff 01", // a length of eleven bytes
        "01 08", // an id without a value
        "02 08 02", // no command in it
        "07 08 02 2a 03 0a 01 ff", // a name that is not UTF-8
        "04 08 02 2a 00", // a subscribe without a channel
        "06 08 80 80 80 80 10", // an id of 33 bits
        "04 08 02 22 00", // a second connect
      })
  void input_that_is_none_closes_with_3501(String hex) {
    try (RawWebSocket ws = connected()) {
      sendBytes(ws, hex);
      assertThat(ws.expectClosed(3501)).startsWith("bad request: ");
    }
  }

  @Test
  void commands_before_one_that_is_cut_off_are_executed() {
    try (RawWebSocket ws = connected()) {
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      all.writeBytes(CentrifugeProtobuf.commands("{\"id\":2,\"unsubscribe\":{\"channel\":\"a\"}}"));
      all.writeBytes(new byte[] {9, 1});
      ws.sendFrame(FIN | BINARY, all.toByteArray());
      assertThat(next(ws)).isEqualTo("{\"id\":2,\"unsubscribe\":{}}");
      assertThat(ws.expectClosed(3501)).isEqualTo("bad request: this is no Protobuf");
    }
  }

  @Test
  void a_frame_over_64_kib_closes_with_1009() {
    try (RawWebSocket ws = connected()) {
      ws.sendFrame(FIN | BINARY, new byte[70_000]);
      ws.expectClosed(1009);
    }
  }

  @Test
  void data_that_is_no_json_is_refused_where_a_room_takes_json_only() {
    try (RawWebSocket ws = connected()) {
      sendBytes(ws, "0a 08 02 3a 06 0a 01 61 12 01 ff");
      assertThat(next(ws))
          .startsWith("{\"id\":2,\"error\":{\"code\":107,\"message\":\"bad request: data: ");
    }
  }

  /** Reads messages of a response that does not end. */
  private static final class Stream extends RawHttp {
    private byte[] rest = {};

    Stream(String path, String type, byte[] body) {
      super(node.port());
      sendRequest(this, path, type, body);
      Answer head = headOnly();
      assertThat(head.status()).isEqualTo(200);
      assertThat(head.header("content-type")).isEqualTo(OCTETS);
    }

    byte[] next() {
      List<byte[]> messages = CentrifugeProtobuf.split(rest);
      if (messages.isEmpty()) {
        rest = read(Integer.parseInt(line(), 16));
        assertThat(line()).isEmpty();
        return next();
      }
      byte[] first = messages.get(0);
      rest =
          java.util.Arrays.copyOfRange(
              rest, CentrifugeProtobuf.delimited(first).length, rest.length);
      return first;
    }

    String reply() {
      return CentrifugeProtobuf.json("Reply", next());
    }

    String push() {
      return CentrifugeProtobuf.json("Push", next());
    }
  }

  private static void sendRequest(RawHttp http, String path, String type, byte[] body) {
    http.send(
        ("POST " + path + " HTTP/1.1\r\nHost: x\r\nContent-Type: " + type + "\r\nContent-Length: ")
            + (body.length + "\r\n\r\n"));
    http.send(body);
  }

  private static int post(String type, byte[] body) {
    try (RawHttp http = new RawHttp(node.port())) {
      sendRequest(http, "/emulation", type, body);
      return http.headOnly().status();
    }
  }

  private static byte[] emulation(JsonObject mailbox, byte[] commands) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    for (String name : List.of("node", "session")) {
      body.write(name.equals("node") ? 0x0a : 0x12);
      body.writeBytes(CentrifugeProtobuf.delimited(mailbox.getString(name).getBytes(UTF_8)));
    }
    body.write(0x1a);
    body.writeBytes(CentrifugeProtobuf.delimited(commands));
    return body.toByteArray();
  }

  @ParameterizedTest
  @ValueSource(strings = {OCTETS, OCTETS + "; charset=utf-8"})
  void a_stream_answers_commands_that_are_posted_to_it(String type) {
    byte[] connect = CentrifugeProtobuf.commands(CONNECT);
    try (Stream stream = new Stream("/connection/http_stream", type, connect)) {
      JsonObject mailbox = new JsonObject(stream.reply()).getJsonObject("connect");
      String commands =
          "{\"id\":2,\"subscribe\":{\"channel\":\"stream\"}}\n"
              + "{\"id\":3,\"publish\":{\"channel\":\"stream\",\"data\":{\"a\":1}}}";
      byte[] body = emulation(mailbox, CentrifugeProtobuf.commands(commands));
      assertThat(post(type, body)).isEqualTo(204);
      assertThat(stream.reply()).startsWith("{\"id\":2,\"subscribe\":{\"recoverable\":true");
      assertThat(stream.reply() + stream.reply())
          .contains("{\"id\":3,\"publish\":{}}")
          .contains("{\"push\":{\"channel\":\"stream\",\"pub\":{\"data\":{\"a\":1},");
      // The stream decides how commands are read. A string of JSON can hold some of Protobuf.
      JsonObject pong = mailbox.copy().put("data", "\0");
      assertThat(post("application/json", pong.encode().getBytes(UTF_8))).isEqualTo(204);
      byte[] send = CentrifugeProtobuf.commands("{\"send\":{}}");
      assertThat(post(OCTETS, emulation(mailbox, send))).isEqualTo(204);
      assertThat(stream.reply())
          .isEqualTo("{\"push\":{\"disconnect\":{\"code\":3508,\"reason\":\"not available\"}}}");
    }
  }

  @Test
  void a_post_that_is_none_is_refused() {
    JsonObject mailbox = new JsonObject().put("node", "n").put("session", "s");
    byte[] good = emulation(mailbox, new byte[] {0});
    assertThat(post(OCTETS, good)).isEqualTo(404);
    assertThat(post(OCTETS, java.util.Arrays.copyOf(good, good.length - 1))).isEqualTo(400);
    assertThat(post(OCTETS, emulation(mailbox, new byte[0]))).isEqualTo(400);
    assertThat(post(OCTETS, new byte[] {0x0a, 0x01, (byte) 0xff})).isEqualTo(400);
    assertThat(post(OCTETS, "{}".getBytes(ISO_8859_1))).isEqualTo(400);
    assertThat(post(OCTETS, new byte[200_000])).isEqualTo(413);
  }

  @ParameterizedTest
  @ValueSource(strings = {"?format=protobuf", "?cf_protocol=protobuf"})
  void who_only_listens_connects_with_json_and_is_sent_pushes(String query) {
    byte[] connect = "{\"subs\":{\"uni\":{},\"closed\":{}}}".getBytes(UTF_8);
    String path = "/connection/uni_http_stream" + query;
    try (Stream stream = new Stream(path, "application/json", connect);
        RawWebSocket socket =
            RawWebSocket.connect(node.port(), "/connection/uni_websocket" + query);
        RawWebSocket ws = connected()) {
      String first = stream.push();
      assertThat(first).startsWith("{\"connect\":{\"client\":\"").contains("\"subs\":{\"uni\":{");
      assertThat(first).doesNotContain("closed");
      socket.sendText(new String(connect, UTF_8));
      RawWebSocket.Frame frame = socket.nextFrame();
      assertThat(frame.opcode()).isEqualTo(BINARY);
      assertThat(CentrifugeProtobuf.json("Push", CentrifugeProtobuf.split(frame.payload()).get(0)))
          .startsWith("{\"connect\":{\"client\":\"");
      send(ws, "{\"id\":2,\"publish\":{\"channel\":\"uni\",\"data\":\"hi\"}}");
      String push = stream.push();
      assertThat(push).startsWith("{\"channel\":\"uni\",\"pub\":{\"data\":\"hi\",");
      byte[] same = socket.nextFrame().payload();
      assertThat(CentrifugeProtobuf.json("Push", CentrifugeProtobuf.split(same).get(0)))
          .isEqualTo(push);
    }
  }

  @Test
  void event_streams_are_text_and_take_no_protobuf() {
    for (String path : List.of("sse", "uni_sse", "uni_http_stream")) {
      try (RawHttp http = new RawHttp(node.port())) {
        sendRequest(http, "/connection/" + path, OCTETS, CentrifugeProtobuf.commands(CONNECT));
        assertThat(http.answer().status()).as(path).isEqualTo(415);
      }
    }
  }
}
