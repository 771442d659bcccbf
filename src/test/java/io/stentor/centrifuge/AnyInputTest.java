package io.stentor.centrifuge;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.json.JsonSource;
import io.stentor.json.Utf8;
import io.stentor.support.CentrifugeProtobuf;
import io.stentor.support.LineStream;
import io.stentor.support.NodeInProcess;
import io.stentor.support.PostingClient;
import io.stentor.support.RawHttp;
import io.stentor.support.RawWebSocket;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Whatever a client sends, it gets answers, errors or a close, and nobody else notices. */
class AnyInputTest {
  private static final List<String> GOOD =
      List.of(
          "{\"id\":2,\"subscribe\":{\"channel\":\"fuzz:a\",\"recover\":true,\"offset\":1,\"epoch\":\"abc\"}}",
          "{\"id\":3,\"publish\":{\"channel\":\"fuzz:a\",\"data\":{\"a\":[1,\"b\",null,{}]}}}",
          "{\"id\":4,\"history\":{\"channel\":\"fuzz:a\",\"limit\":3,\"since\":{\"offset\":2},\"reverse\":true}}",
          "{\"id\":5,\"presence\":{\"channel\":\"fuzz:a\"}}",
          "{\"id\":6,\"presence_stats\":{\"channel\":\"fuzz:a\"}}",
          "{\"id\":7,\"unsubscribe\":{\"channel\":\"fuzz:a\"}}",
          "{\"id\":8,\"refresh\":{\"token\":\"a.b.c\"}}",
          "{\"id\":9,\"sub_refresh\":{\"channel\":\"fuzz:a\",\"token\":\"a.b.c\"}}",
          "{\"id\":10,\"rpc\":{\"method\":\"m\",\"data\":1}}",
          "{\"send\":{\"data\":1}}",
          "{}");

  /** Pieces that break things where they land. */
  private static final List<String> PIECES =
      List.of(
          "{",
          "}",
          "[",
          "]",
          ",",
          ":",
          "\"",
          "\\",
          "\\u",
          "\\ud800",
          "\n",
          "\r",
          "\0",
          "null",
          "true",
          "-1",
          "1e9",
          "0.5",
          "99999999999999999999",
          "\u00e9",
          "\ud83d\ude00",
          "\"data\":",
          "\"channel\":",
          "\"type\":1",
          "[[[[[[[[",
          " ",
          "\"id\":0,",
          "#",
          "/*",
          "_");

  /** Bytes that are no UTF-8, or begin another encoding. */
  private static final List<String> BYTES =
      List.of("c080", "eda080", "ff", "80", "e282", "f4908080", "efbbbf", "fffe", "feff", "0000");

  private static final Set<Integer> CODES = Set.of(1003, 1007, 1009, 3005, 3500, 3501, 3505, 3508);

  private static NodeInProcess node;

  @BeforeAll
  static void start() throws IOException {
    JsonObject noPings = new JsonObject().put("pingIntervalSeconds", 0);
    node = NodeInProcess.start(new JsonObject().put("webSocket", noPings));
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  @Test
  void mutated_commands_get_answers_errors_or_a_close() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    try (RawWebSocket bystander = RawWebSocket.connect(node.port(), "/rooms/bystander")) {
      for (int round = 0; round < 400; round++) {
        play(seed, random);
      }
      bystander.sendText("still here");
      assertThat(bystander.nextFrame().text()).isEqualTo("still here");
    }
  }

  private static void play(long seed, Random random) {
    try (RawWebSocket ws = RawWebSocket.connect(node.port(), "/connection/websocket")) {
      ws.sendText("{\"id\":1,\"connect\":{}}");
      StringBuilder all = new StringBuilder();
      for (int i = 0; i < 5; i++) {
        byte[] message = message(random).getBytes(StandardCharsets.UTF_8);
        for (int flips = random.nextInt(3) / 2; flips > 0 && message.length > 0; flips--) {
          message[random.nextInt(message.length)] ^= (byte) (1 << random.nextInt(8));
        }
        all.append(new String(message, StandardCharsets.UTF_8)).append('|');
        ws.sendFrame(RawWebSocket.FIN | RawWebSocket.TEXT, message);
      }
      ws.sendFrame(RawWebSocket.FIN | RawWebSocket.PING, new byte[] {'?'});
      String about = "seed " + seed + ": " + all;
      RawWebSocket.Frame frame = ws.nextFrame();
      while (frame.opcode() == RawWebSocket.TEXT) {
        assertThat(new JsonObject(frame.text()).fieldNames()).as(about).containsAnyOf("id", "push");
        frame = ws.nextFrame();
      }
      if (frame.opcode() == RawWebSocket.CLOSE) {
        assertThat(CODES).as(about).contains(frame.closeCode());
        assertThat(frame.reason()).as(about).isNotEmpty();
      } else {
        assertThat(frame.opcode()).as(about).isEqualTo(RawWebSocket.PONG);
      }
    }
  }

  @Test
  void mutated_protobuf_gets_replies_or_a_close() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    try (RawWebSocket bystander = RawWebSocket.connect(node.port(), "/rooms/bystander3")) {
      for (int round = 0; round < 400; round++) {
        playProtobuf(seed, random);
      }
      bystander.sendText("still here");
      assertThat(bystander.nextFrame().text()).isEqualTo("still here");
    }
  }

  private static void playProtobuf(long seed, Random random) {
    String offer = "Sec-WebSocket-Protocol: centrifuge-protobuf";
    String path = "/connection/websocket";
    try (RawWebSocket ws = RawWebSocket.connect(node.port(), path, offer)) {
      int first = RawWebSocket.FIN | RawWebSocket.BINARY;
      ws.sendFrame(first, CentrifugeProtobuf.commands("{\"id\":1,\"connect\":{}}"));
      StringBuilder all = new StringBuilder("seed " + seed + ":");
      for (int i = 0; i < 5; i++) {
        byte[] message = mutatedProtobuf(random);
        all.append(' ').append(HexFormat.of().formatHex(message));
        ws.sendFrame(first, message);
      }
      ws.sendFrame(RawWebSocket.FIN | RawWebSocket.PING, new byte[] {'?'});
      RawWebSocket.Frame frame = ws.nextFrame();
      while (frame.opcode() == RawWebSocket.BINARY) {
        String reply = CentrifugeProtobuf.replies(frame.payload());
        assertThat(reply).as(all.toString()).containsAnyOf("{\"id\":", "{\"push\":");
        frame = ws.nextFrame();
      }
      if (frame.opcode() == RawWebSocket.CLOSE) {
        assertThat(CODES).as(all.toString()).contains(frame.closeCode());
        assertThat(frame.reason()).as(all.toString()).isNotEmpty();
      } else {
        assertThat(frame.opcode()).as(all.toString()).isEqualTo(RawWebSocket.PONG);
      }
    }
  }

  /** Commands of which bytes were changed, cut off, or repeated. */
  private static byte[] mutatedProtobuf(Random random) {
    StringBuilder lines = new StringBuilder(GOOD.get(random.nextInt(GOOD.size())));
    for (int more = random.nextInt(3); more > 0; more--) {
      lines.append('\n').append(GOOD.get(random.nextInt(GOOD.size())));
    }
    byte[] message = CentrifugeProtobuf.commands(lines.toString());
    for (int flips = random.nextInt(4); flips > 0; flips--) {
      boolean large = random.nextBoolean();
      int at = random.nextInt(message.length);
      message[at] = large ? -1 : (byte) (message[at] ^ 1 << random.nextInt(8));
    }
    int length = random.nextInt(8) == 0 ? random.nextInt(message.length) : message.length;
    return Arrays.copyOf(message, length);
  }

  @Test
  void mutated_posts_get_their_status_and_answers_errors_or_the_end_on_the_stream() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    try (RawWebSocket bystander = RawWebSocket.connect(node.port(), "/rooms/bystander2")) {
      for (int round = 0; round < 100; round++) {
        post(seed, random);
      }
      bystander.sendText("still here");
      assertThat(bystander.nextFrame().text()).isEqualTo("still here");
    }
  }

  private static void post(long seed, Random random) {
    String path = "/connection/" + (random.nextBoolean() ? "sse" : "http_stream");
    try (LineStream stream = LineStream.post(node.port(), path, "{\"id\":1,\"connect\":{}}")) {
      JsonObject mailbox = new JsonObject(stream.next()).getJsonObject("connect");
      String last = "{\"id\":99,\"presence_stats\":{\"channel\":\"fuzz:a\"}}";
      List<String> messages =
          List.of(message(random), message(random), message(random), message(random), last);
      String about = "seed " + seed + ": " + messages;
      for (String message : messages) {
        String body =
            new JsonObject()
                .put("session", mailbox.getString("session"))
                .put("node", mailbox.getString("node"))
                .put("data", message)
                .encode();
        boolean whole = message.equals(last) || random.nextInt(3) > 0;
        int status = status(whole ? body : mutated(body, random));
        assertThat(status).as(about).isIn(204, 400, 404);
        // What has no command, or half of a surrogate pair, is not taken for a post.
        boolean good =
            !message.isEmpty()
                && !JsonSource.hasLoneSurrogate(message.getBytes(StandardCharsets.UTF_8));
        assertThat(whole && good && status != 204).as(about).isFalse();
      }
      String object = stream.next();
      while (!object.startsWith("{\"id\":99,")) {
        assertThat(new JsonObject(object).fieldNames()).as(about).containsAnyOf("id", "push");
        if (object.startsWith("{\"push\":{\"disconnect\":")) {
          String code = object.replaceAll(".*\"code\":(\\d+).*", "$1");
          assertThat(CODES).as(about).contains(Integer.parseInt(code));
          stream.expectEnd();
          return;
        }
        object = stream.next();
      }
    }
  }

  private static int status(String body) {
    return status(body.getBytes(StandardCharsets.UTF_8));
  }

  private static int status(byte[] body) {
    try (RawHttp http = posted("/emulation", body)) {
      return http.answer().status();
    }
  }

  private static RawHttp posted(String path, byte[] body) {
    String head =
        "POST %s HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nConnection: close\r\n"
                .formatted(path)
            + "Content-Length: %d\r\n\r\n".formatted(body.length);
    return new RawHttp(node.port()).send(head.getBytes(StandardCharsets.UTF_8)).send(body);
  }

  @Test
  void any_bytes_that_open_a_stream_or_are_posted_are_answered_and_nobody_hears_other_than_json()
      throws IOException, InterruptedException {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    try (RawWebSocket listener = RawWebSocket.connect(node.port(), "/connection/websocket");
        PostingClient client = new PostingClient(node.port(), "/connection/http_stream")) {
      listener.sendText(
          "{\"id\":1,\"connect\":{}}\n{\"id\":2,\"subscribe\":{\"channel\":\"fuzz:a\"}}");
      for (int round = 0; round < 300; round++) {
        byte[] commands = damaged("{\"id\":1,\"connect\":{}}\n" + message(random), random);
        open(seed, random, commands);
        String post = PostingClient.body(client.session(), client.node(), message(random));
        assertThat(status(damaged(post, random))).as("seed " + seed).isIn(204, 400, 404);
      }
      listener.sendText("{\"id\":3,\"presence\":{\"channel\":\"fuzz:a\"}}");
      RawWebSocket.Frame frame = listener.nextFrame();
      while (!frame.text().startsWith("{\"id\":3,")) {
        for (String line : frame.text().split("\n")) {
          JsonSource.of(line.getBytes(StandardCharsets.UTF_8));
        }
        assertThat(Utf8.isValid(frame.payload())).as("seed " + seed).isTrue();
        frame = listener.nextFrame();
      }
    }
    URI uri = URI.create("http://127.0.0.1:" + node.port() + "/rooms/fuzz:a/messages?limit=1000");
    byte[] log =
        HttpClient.newHttpClient()
            .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofByteArray())
            .body();
    assertThat(JsonSource.of(log).toString()).as("seed " + seed).contains("\"recovered\":true");
  }

  /** Opens a stream, and reads it up to the answer to a last command, or to why it ends. */
  private static void open(long seed, Random random, byte[] commands) {
    String last = "\n{\"id\":99,\"presence_stats\":{\"channel\":\"fuzz:a\"}}";
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    body.writeBytes(commands);
    body.writeBytes(last.getBytes(StandardCharsets.UTF_8));
    String path =
        List.of("http_stream", "sse", "uni_http_stream", "uni_sse").get(random.nextInt(4));
    String about = "seed " + seed + ": " + path + ": " + body.toString(StandardCharsets.UTF_8);
    try (RawHttp http = posted("/connection/" + path, body.toByteArray())) {
      String line = http.line();
      assertThat(line).as(about).matches("HTTP/1.1 200 .*");
      while (!line.contains("\"id\":99,") && !line.contains("\"disconnect\":")) {
        line = http.line();
      }
    } catch (UncheckedIOException e) {
      throw new AssertionError(about, e);
    }
  }

  private static byte[] damaged(String good, Random random) {
    byte[] bytes = good.getBytes(StandardCharsets.UTF_8);
    for (int edits = random.nextInt(3); edits > 0; edits--) {
      byte[] piece = HexFormat.of().parseHex(BYTES.get(random.nextInt(BYTES.size())));
      int at = random.nextInt(4) == 0 ? 0 : random.nextInt(bytes.length + 1);
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      out.write(bytes, 0, at);
      out.writeBytes(piece);
      out.write(bytes, at, bytes.length - at);
      bytes = out.toByteArray();
    }
    boolean wide = random.nextInt(20) == 0;
    return wide ? good.getBytes(StandardCharsets.UTF_16LE) : bytes;
  }

  @Test
  void who_only_listens_and_connects_with_anything_hears_who_it_is_or_why_not() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    String good =
        "{\"token\":\"\",\"subs\":{\"fuzz:a\":{\"recover\":true,\"offset\":1}},\"x\":[1]}";
    for (int round = 0; round < 200; round++) {
      String connect = mutated(good, random);
      String about = "seed " + seed + ": " + connect;
      String path = "/connection/" + (random.nextBoolean() ? "uni_sse" : "uni_http_stream");
      try (LineStream stream = LineStream.post(node.port(), path, connect);
          RawWebSocket ws = RawWebSocket.connect(node.port(), "/connection/uni_websocket")) {
        JsonObject first = new JsonObject(stream.next());
        assertThat(first.fieldNames()).as(about).containsAnyOf("connect", "disconnect");
        if (first.containsKey("disconnect")) {
          assertThat(CODES)
              .as(about)
              .contains(first.getJsonObject("disconnect").getInteger("code"));
          stream.expectEnd();
        }
        ws.sendText(connect);
        RawWebSocket.Frame frame = ws.nextFrame();
        assertThat(frame.opcode())
            .as(about)
            .isEqualTo(first.containsKey("connect") ? RawWebSocket.TEXT : RawWebSocket.CLOSE);
      }
    }
  }

  private static String message(Random random) {
    StringBuilder message = new StringBuilder();
    for (int lines = 1 + random.nextInt(3); lines > 0; lines--) {
      message.append(GOOD.get(random.nextInt(GOOD.size()))).append(lines > 1 ? "\n" : "");
    }
    return mutated(message.toString(), random);
  }

  private static String mutated(String good, Random random) {
    StringBuilder message = new StringBuilder(good);
    for (int edits = random.nextInt(4); edits > 0; edits--) {
      int at = random.nextInt(message.length() + 1);
      switch (random.nextInt(3)) {
        case 0 -> message.insert(at, PIECES.get(random.nextInt(PIECES.size())));
        case 1 -> message.delete(at, Math.min(message.length(), at + 1 + random.nextInt(6)));
        default -> {
          int from = random.nextInt(message.length() + 1);
          int to = Math.min(message.length(), from + random.nextInt(30));
          message.insert(at, message.substring(from, to));
        }
      }
    }
    return message.toString();
  }
}
