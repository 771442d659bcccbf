package io.stentor.http;

import static io.stentor.support.RawWebSocket.BINARY;
import static io.stentor.support.RawWebSocket.CONTINUATION;
import static io.stentor.support.RawWebSocket.FIN;
import static io.stentor.support.RawWebSocket.TEXT;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.identity.ApiKeys;
import io.stentor.support.Api;
import io.stentor.support.CentrifugeProtobuf;
import io.stentor.support.EventClient;
import io.stentor.support.EventParser.Event;
import io.stentor.support.HttpRoom;
import io.stentor.support.NodeInProcess;
import io.stentor.support.RawWebSocket;
import io.stentor.support.RawWebSocket.Frame;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Text, JSON and binary content, published on each transport and received on each, as the table in
 * {@code docs/HTTP.md} says.
 */
class ContentOnEveryTransportTest {
  private static final String KEY = ApiKeys.generate();
  private static final String CURSOR = "Sec-WebSocket-Protocol: stentor.cursor";

  private static final Content TEXT_CONTENT =
      new Content(
          TEXT,
          "é\n\"b\"".getBytes(UTF_8),
          new String[] {"message", "é\n\"b\""},
          "\"text\":\"é\\n\\\"b\\\"\"",
          "\"data\":\"é\\n\\\"b\\\"\"",
          "\"é\\n\\\"b\\\"\"".getBytes(UTF_8));

  private static final Content JSON_STRING =
      new Content(
          TEXT,
          TEXT_CONTENT.frame(),
          TEXT_CONTENT.event(),
          "\"data\":\"é\\n\\\"b\\\"\"",
          TEXT_CONTENT.pub(),
          TEXT_CONTENT.data());

  private static final Content JSON_CONTENT =
      new Content(
          TEXT,
          "{\"n\": 1.50}".getBytes(UTF_8),
          new String[] {"message", "{\"n\": 1.50}"},
          "\"data\":{\"n\": 1.50}",
          "\"data\":{\"n\": 1.50}",
          "{\"n\": 1.50}".getBytes(UTF_8));

  private static final byte[] BYTES = {0, 'a', '\n', (byte) 0xff};
  private static final String BASE64 = "AGEK/w==";

  private static final Content BINARY_CONTENT =
      new Content(
          BINARY,
          BYTES,
          new String[] {"binary", BASE64},
          "\"base64\":\"" + BASE64 + "\"",
          "\"data\":\"" + BASE64 + "\",\"binary\":true",
          BYTES);

  /** JSON with a line end, which publishing as JSON would remove. */
  private static final byte[] PADDED = "1\n".getBytes(UTF_8);

  private static final Content PADDED_CONTENT =
      new Content(
          BINARY,
          PADDED,
          new String[] {"binary", "MQo="},
          "\"base64\":\"MQo=\"",
          "\"data\":\"MQo=\",\"binary\":true",
          PADDED);

  private static NodeInProcess node;
  private static Api api;

  /**
   * How content is received.
   *
   * @param opcode of a frame on a plain WebSocket
   * @param frame its payload
   * @param event type and data of a server-sent event
   * @param json member of a message that is read over HTTP
   * @param pub members of a publication of the Centrifuge protocol in JSON
   * @param data of a publication of the Centrifuge protocol in Protobuf
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Content(int opcode, byte[] frame, String[] event, String json, String pub, byte[] data) {}

  /** Publishes content in a room. */
  interface Publishing {
    void to(String room) throws IOException;
  }

  record Case(String name, Content content, Publishing publish) {
    @Override
    public String toString() {
      return name;
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
                  {"match": "any-*", "allowBinary": true},
                  {"match": "loud-*", "allowBinary": true, "transform": "shout"}]}
                """
                    .formatted(ApiKeys.hash(KEY))));
    api = Api.at(node.port(), KEY);
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  static Stream<Case> cases() {
    String text = "\"é\\n\\\"b\\\"\"";
    String json = "{\"n\": 1.50}";
    return Stream.of(
        new Case("text by WebSocket", TEXT_CONTENT, room -> frame(room, TEXT, TEXT_CONTENT)),
        new Case(
            "binary by WebSocket", BINARY_CONTENT, room -> frame(room, BINARY, BINARY_CONTENT)),
        new Case("text by POST", TEXT_CONTENT, room -> post(room, "text/plain", TEXT_CONTENT)),
        new Case(
            "JSON by POST", JSON_CONTENT, room -> post(room, "application/json", JSON_CONTENT)),
        new Case(
            "binary by POST",
            BINARY_CONTENT,
            room -> post(room, "application/octet-stream", BINARY_CONTENT)),
        new Case("text in a batch", TEXT_CONTENT, room -> batch(room, "\"text\":" + text)),
        new Case("JSON in a batch", JSON_CONTENT, room -> batch(room, "\"data\":" + json)),
        new Case(
            "binary in a batch",
            BINARY_CONTENT,
            room -> batch(room, "\"base64\":\"" + BASE64 + "\"")),
        new Case("string by server API", JSON_STRING, room -> call(room, "\"data\":" + text)),
        new Case("JSON by server API", JSON_CONTENT, room -> call(room, "\"data\":" + json)),
        new Case(
            "binary by server API",
            BINARY_CONTENT,
            room -> call(room, "\"b64data\":\"" + BASE64 + "\"")),
        new Case("string by Centrifuge", JSON_STRING, room -> command(room, "\"data\":" + text)),
        new Case("JSON by Centrifuge", JSON_CONTENT, room -> command(room, "\"data\":" + json)),
        new Case("string by Protobuf", JSON_STRING, room -> protobuf(room, JSON_STRING.data())),
        new Case("JSON by Protobuf", JSON_CONTENT, room -> protobuf(room, JSON_CONTENT.data())),
        new Case("binary by Protobuf", BINARY_CONTENT, room -> protobuf(room, BYTES)),
        new Case(
            "bytes by Protobuf that would change as JSON",
            PADDED_CONTENT,
            room -> protobuf(room, PADDED)));
  }

  private static void frame(String room, int opcode, Content content) {
    try (RawWebSocket socket = RawWebSocket.connect(node.port(), "/rooms/" + room)) {
      socket.sendFrame(FIN | opcode, content.frame());
      assertThat(socket.nextFrame().opcode()).isEqualTo(content.opcode());
    }
  }

  private static void post(String room, String type, Content content) {
    assertThat(HttpRoom.at(node.port(), room).publish(type, content.frame()).status())
        .isEqualTo(201);
  }

  private static void batch(String room, String content) {
    String body = "{\"messages\":[{\"room\":\"" + room + "\"," + content + "}]}";
    assertThat(HttpRoom.at(node.port(), room).publishBatch(body).response().body())
        .contains("\"status\":201");
  }

  private static void call(String room, String content) {
    api.result("publish", "{\"channel\":\"" + room + "\"," + content + "}");
  }

  private static void command(String room, String content) {
    try (RawWebSocket client = subscribed(room)) {
      client.sendText("{\"id\":3,\"publish\":{\"channel\":\"" + room + "\"," + content + "}}");
      assertThat(client.nextFrame().text()).doesNotContain("error");
    }
  }

  private static void protobuf(String room, byte[] data) {
    try (RawWebSocket client = subscribedByProtobuf(room)) {
      ByteArrayOutputStream publish = new ByteArrayOutputStream();
      publish.write(0x0a); // channel
      publish.writeBytes(CentrifugeProtobuf.delimited(room.getBytes(UTF_8)));
      publish.write(0x12); // data
      publish.writeBytes(CentrifugeProtobuf.delimited(data));
      ByteArrayOutputStream command = new ByteArrayOutputStream();
      command.writeBytes(new byte[] {0x08, 3, 0x3a}); // id 3, publish
      command.writeBytes(CentrifugeProtobuf.delimited(publish.toByteArray()));
      client.sendFrame(FIN | BINARY, CentrifugeProtobuf.delimited(command.toByteArray()));
      assertThat(CentrifugeProtobuf.replies(client.nextFrame().payload())).doesNotContain("error");
    }
  }

  private static RawWebSocket subscribedByProtobuf(String room) {
    String offer = "Sec-WebSocket-Protocol: centrifuge-protobuf";
    RawWebSocket client = RawWebSocket.connect(node.port(), "/connection/websocket", offer);
    command(client, "{\"id\":1,\"connect\":{}}");
    assertThat(command(client, "{\"id\":2,\"subscribe\":{\"channel\":\"" + room + "\"}}"))
        .satisfies(
            reply -> assertThat(CentrifugeProtobuf.json("Reply", reply)).contains("subscribe"));
    return client;
  }

  /** Sends a command, and returns the reply without its length. */
  private static byte[] command(RawWebSocket client, String json) {
    client.sendFrame(FIN | BINARY, CentrifugeProtobuf.commands(json));
    return reply(client);
  }

  private static byte[] reply(RawWebSocket client) {
    return CentrifugeProtobuf.split(client.nextFrame().payload()).get(0);
  }

  private static RawWebSocket subscribed(String room) {
    RawWebSocket client = RawWebSocket.connect(node.port(), "/connection/websocket");
    client.sendText("{\"id\":1,\"connect\":{}}").nextFrame();
    client.sendText("{\"id\":2,\"subscribe\":{\"channel\":\"" + room + "\"}}");
    assertThat(client.nextFrame().text()).contains("\"subscribe\":");
    return client;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void content_is_received_as_the_table_says(Case one) throws IOException {
    String room = "any-" + UUID.randomUUID();
    HttpRoom http = HttpRoom.at(node.port(), room);
    String since = http.publish("first").position();
    String path = "/rooms/" + room;
    Content content = one.content();
    try (RawWebSocket plain = RawWebSocket.connect(node.port(), path + "?since=" + since);
        RawWebSocket cursor = RawWebSocket.connect(node.port(), path, CURSOR);
        EventClient events = EventClient.connect(node.port(), path + "/events");
        RawWebSocket client = subscribed(room);
        RawWebSocket protobuf = subscribedByProtobuf(room)) {
      assertThat(cursor.nextFrame().text()).contains("\"position\"");
      events.joined();
      CompletableFuture<HttpRoom.Answer> poll = http.readLater("?wait=30&since=" + since);

      one.publish().to(room);

      Frame frame = plain.nextFrame();
      assertThat(frame.opcode()).isEqualTo(content.opcode());
      assertThat(frame.payload()).isEqualTo(content.frame());
      frame = cursor.nextFrame();
      String next = since.replaceAll(":.*", ":2");
      assertThat(frame.opcode()).isEqualTo(content.opcode());
      assertThat(frame.payload()).isEqualTo(behindPosition(next, content.frame()));
      assertThat(events.next()).isEqualTo(new Event(content.event()[0], content.event()[1], next));
      assertThat(client.nextFrame().text()).contains("\"pub\":{" + content.pub());
      assertThat(CentrifugeProtobuf.bytes("Reply", reply(protobuf), "push", "pub", "data"))
          .isEqualTo(content.data());
      assertThat(poll.join().response().body()).contains(content.json());
      assertThat(http.read("?since=" + since).response().body()).contains(content.json());
      client.sendText("{\"id\":9,\"history\":{\"channel\":\"" + room + "\",\"limit\":-1}}");
      assertThat(client.nextFrame().text()).contains("{" + content.pub());
      byte[] reply =
          command(protobuf, "{\"id\":9,\"history\":{\"channel\":\"" + room + "\",\"limit\":-1}}");
      assertThat(CentrifugeProtobuf.bytes("Reply", reply, "history", "publications", "data"))
          .isEqualTo(content.data());
    }
    String history = "{\"channel\":\"" + room + "\",\"limit\":-1}";
    assertThat(api.call("history", history).body()).contains("{" + content.pub());
  }

  private static byte[] behindPosition(String position, byte[] content) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes((position + "\n").getBytes(UTF_8));
    all.writeBytes(content);
    return all.toByteArray();
  }

  @Test
  void a_binary_message_in_fragments_is_one_message() {
    String path = "/rooms/any-" + UUID.randomUUID();
    try (RawWebSocket socket = RawWebSocket.connect(node.port(), path)) {
      socket.sendFrame(BINARY, new byte[] {0, 1});
      socket.sendFrame(CONTINUATION, new byte[0]);
      socket.sendFrame(FIN | CONTINUATION, new byte[] {2});
      socket.sendText("text");
      Frame frame = socket.nextFrame();
      assertThat(frame.opcode()).isEqualTo(BINARY);
      assertThat(frame.payload()).containsExactly(0, 1, 2);
      assertThat(socket.nextFrame().text()).isEqualTo("text");
    }
  }

  @Test
  void a_room_that_does_not_allow_binary_content_says_so() {
    String room = "none-" + UUID.randomUUID();
    HttpRoom http = HttpRoom.at(node.port(), room);
    HttpRoom.Answer answer = http.publish("application/octet-stream", BYTES);
    assertThat(answer.status()).isEqualTo(415);
    assertThat(answer.json().getString("detail"))
        .isEqualTo("This room takes no binary messages (allowBinary).");
    String item = "{\"room\":\"" + room + "\",\"base64\":\"" + BASE64 + "\"}";
    assertThat(http.publishBatch("{\"messages\":[" + item + "]}").response().body())
        .contains("\"status\":415");
    assertThat(api.error("publish", "{\"channel\":\"" + room + "\",\"b64data\":\"AGE=\"}"))
        .isEqualTo(107);
    try (RawWebSocket socket = RawWebSocket.connect(node.port(), "/rooms/" + room)) {
      socket.sendFrame(FIN | BINARY, BYTES).expectClosed(1003);
    }
    assertThat(http.read("").contents()).isEmpty();
  }

  @Test
  void the_transform_of_a_room_leaves_binary_content_alone() {
    HttpRoom http = HttpRoom.at(node.port(), "loud-" + UUID.randomUUID());
    http.publish("application/octet-stream", new byte[] {'a', 'b', 'c'});
    http.publish("abc");
    assertThat(http.read("").response().body())
        .contains("\"base64\":\"YWJj\"", "\"text\":\"ABC!!!\"");
  }

  @Test
  void base64_of_a_batch_has_padding() {
    String room = "any-" + UUID.randomUUID();
    String item = "{\"room\":\"" + room + "\",\"base64\":\"%s\"}";
    String body = "{\"messages\":[" + item.formatted("*") + "," + item.formatted("AA==") + "]}";
    assertThat(HttpRoom.at(node.port(), room).publishBatch(body).response().body())
        .contains("\"status\":400", "The member base64 has to be Base64", "\"status\":201");
  }
}
