package io.stentor.websocket;

import static io.stentor.support.RawWebSocket.BINARY;
import static io.stentor.support.RawWebSocket.CLOSE;
import static io.stentor.support.RawWebSocket.CONTINUATION;
import static io.stentor.support.RawWebSocket.FIN;
import static io.stentor.support.RawWebSocket.PING;
import static io.stentor.support.RawWebSocket.RSV1;
import static io.stentor.support.RawWebSocket.TEXT;
import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.support.CentrifugeProtobuf;
import io.stentor.support.HttpRoom;
import io.stentor.support.NodeInProcess;
import io.stentor.support.RawWebSocket;
import io.stentor.support.RawWebSocket.Frame;
import io.stentor.support.Scrape;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** WebSockets with permessage-deflate, frame by frame. */
class CompressionTest {
  private static final String OFFER = "Sec-WebSocket-Extensions: permessage-deflate";
  private static final String ANSWER =
      "permessage-deflate; server_no_context_takeover; client_no_context_takeover";
  private static final String CENTRIFUGE = "/connection/websocket";
  private static final String LONG = "compressible text ".repeat(20);

  /** Of the clients in this test. */
  private static final PermessageDeflate CLIENT = new PermessageDeflate();

  private static NodeInProcess node;

  @BeforeAll
  static void start() throws IOException {
    node =
        NodeInProcess.start(
            new JsonObject(
                """
                {"rooms": [
                  {"match": "small-*", "compression": true, "allowBinary": true},
                  {"match": "delta-*", "allowDelta": true},
                  {"match": "plain-*", "compression": false}],
                 "roomDefaults": {
                   "compression": true, "allowDelta": true, "maxMessageBytes": 65536}}
                """));
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  private static RawWebSocket connect(String room, String... headers) {
    String[] all = Arrays.copyOf(headers, headers.length + 1);
    all[headers.length] = OFFER;
    RawWebSocket socket = RawWebSocket.connect(node.port(), "/rooms/" + room, all);
    assertThat(socket.extensions()).isEqualTo(ANSWER);
    return socket;
  }

  private static byte[] deflated(String text) {
    return deflated(text.getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] deflated(byte[] plain) {
    Deflater deflater = new Deflater(6, true);
    deflater.setInput(plain);
    byte[] out = new byte[plain.length + plain.length / 16 + 64];
    int length = deflater.deflate(out, 0, out.length, Deflater.SYNC_FLUSH);
    deflater.end();
    return Arrays.copyOf(out, length - 4);
  }

  /** Returns the payload of the next frame, which must be compressed. */
  private static byte[] nextCompressed(RawWebSocket socket) {
    Frame frame = socket.nextFrame();
    assertThat(frame.compressed()).as(frame.text()).isTrue();
    try {
      byte[] plain = CLIENT.decompress(frame.payload(), 1 << 20);
      assertThat(plain).hasSizeGreaterThan(frame.payload().length);
      return plain;
    } catch (DataFormatException e) {
      throw new AssertionError(e);
    }
  }

  private static String nextText(RawWebSocket socket) {
    return new String(nextCompressed(socket), StandardCharsets.UTF_8);
  }

  private static String nextPlain(RawWebSocket socket) {
    Frame frame = socket.nextFrame();
    assertThat(frame.compressed()).isFalse();
    return frame.text();
  }

  @Test
  void complete_messages_and_deltas_are_compressed_alike() {
    try (RawWebSocket client = RawWebSocket.connect(node.port(), CENTRIFUGE, OFFER);
        RawWebSocket publisher = connect("deltas")) {
      client.sendText("{\"id\":1,\"connect\":{}}").nextFrame();
      client.sendText("{\"id\":2,\"subscribe\":{\"channel\":\"deltas\",\"delta\":\"fossil\"}}");
      assertThat(client.nextFrame().text()).contains("\"delta\":true");
      publisher.sendText(LONG);
      assertThat(nextText(client)).contains("\"data\":\"\\\"" + LONG + "\\\"\"");
      publisher.sendText(LONG + "x".repeat(300));
      assertThat(nextText(client)).contains("x".repeat(300), "\"delta\":true").doesNotContain(LONG);
    }
  }

  /** The offers of real clients, and others. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "permessage-deflate; client_max_window_bits", // Chrome, Edge, ws, undici, python
        "permessage-deflate", // Firefox, Safari, OkHttp
        "permessage-deflate; server_no_context_takeover; client_no_context_takeover", // gorilla
        "permessage-deflate; client_max_window_bits=8",
        "permessage-deflate;client_max_window_bits = \"12\"",
        "Permessage-Deflate ;  server_no_context_takeover",
        "x-webkit-deflate-frame, permessage-deflate",
        "permessage-deflate; server_max_window_bits=9, permessage-deflate",
        "permessage-deflate; unknown, permessage-deflate; client_max_window_bits",
        "permessage-deflate; client_max_window_bits=\"1,2\", permessage-deflate",
      })
  void an_acceptable_offer_is_answered_without_context_takeover(String offer) {
    assertThat(answer(offer)).isEqualTo(ANSWER);
  }

  @Test
  void a_limit_of_the_window_that_limits_nothing_is_confirmed() {
    assertThat(answer("permessage-deflate; server_max_window_bits=15")) // Boost.Beast
        .isEqualTo(ANSWER + "; server_max_window_bits=15");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x-webkit-deflate-frame",
        "permessage-bzip2",
        "permessage-deflate; server_max_window_bits=14",
        "permessage-deflate; server_max_window_bits",
        "permessage-deflate; client_max_window_bits=7",
        "permessage-deflate; client_max_window_bits=16",
        "permessage-deflate; client_max_window_bits=08",
        "permessage-deflate; client_max_window_bits=",
        "permessage-deflate; client_no_context_takeover=1",
        "permessage-deflate; server_no_context_takeover; server_no_context_takeover",
        "permessage-deflate; unknown",
        "permessage-deflate;",
        "permessage-deflate; ;",
        "permessage-deflate=1",
        ",;=\"",
      })
  void any_other_offer_is_not_answered(String offer) {
    assertThat(answer(offer)).isEmpty();
  }

  private static String answer(String offer) {
    String header = "Sec-WebSocket-Extensions: " + offer;
    try (RawWebSocket plain = RawWebSocket.connect(node.port(), "/rooms/any", header);
        RawWebSocket other = RawWebSocket.connect(node.port(), CENTRIFUGE, header)) {
      assertThat(other.extensions()).isEqualTo(plain.extensions());
      return plain.extensions();
    }
  }

  @ParameterizedTest
  @CsvSource({"15.0,", "15.3,", "15.4," + ANSWER, "16.1," + ANSWER, "14.1," + ANSWER})
  void safari_is_not_answered_in_the_versions_that_cannot_do_it(String version, String answer) {
    String agent =
        "User-Agent: Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/"
            + version
            + " Safari/605.1.15";
    try (RawWebSocket socket = RawWebSocket.connect(node.port(), "/rooms/any", OFFER, agent)) {
      assertThat(socket.extensions()).isEqualTo(answer == null ? "" : answer);
    }
  }

  @Test
  void a_room_without_the_option_does_not_compress() {
    try (RawWebSocket socket = RawWebSocket.connect(node.port(), "/rooms/plain-1", OFFER)) {
      assertThat(socket.extensions()).isEmpty();
      socket.sendText(LONG);
      assertThat(nextPlain(socket)).isEqualTo(LONG);
    }
  }

  @Test
  void all_who_agreed_are_sent_the_same_compressed_bytes_and_others_plain_ones() {
    try (RawWebSocket first = connect("mixed");
        RawWebSocket second = connect("mixed");
        RawWebSocket without = RawWebSocket.connect(node.port(), "/rooms/mixed")) {
      join(first, "first");
      join(second, "second");
      join(without, "third");
      without.sendText(LONG);
      assertThat(nextPlain(without)).isEqualTo(LONG);
      first.sendText("end");
      assertThat(compressedBefore(first)).isEqualTo(compressedBefore(second));
    }
  }

  /** Publishes a text and reads up to it; what is published from then on arrives. */
  private static void join(RawWebSocket socket, String text) {
    socket.sendText(text);
    for (String next = ""; !next.equals(text); next = socket.nextFrame().text()) {
      // Others have published before.
    }
  }

  /** Returns the only compressed payload before the text "end". */
  private static byte[] compressedBefore(RawWebSocket socket) {
    byte[] found = {};
    for (Frame frame = socket.nextFrame(); !frame.text().equals("end"); ) {
      if (frame.compressed()) {
        assertThat(found).isEmpty();
        found = frame.payload();
      }
      frame = socket.nextFrame();
    }
    assertThat(found).isNotEmpty().hasSizeLessThan(LONG.length() / 2);
    return found;
  }

  @Test
  void texts_and_binary_messages_of_any_size_arrive() throws Exception {
    try (RawWebSocket socket = connect("small-any")) {
      for (int bytes : new int[] {0, 1, 127, 128, 5000, 65_536}) {
        byte[] plain = "x".repeat(bytes).getBytes(StandardCharsets.UTF_8);
        for (int opcode : new int[] {TEXT, BINARY}) {
          socket.sendFrame(FIN | RSV1 | opcode, deflated(plain));
          Frame frame = socket.nextFrame();
          assertThat(frame.opcode()).isEqualTo(opcode);
          assertThat(frame.compressed()).isEqualTo(bytes >= 128);
          byte[] payload = frame.payload();
          assertThat(frame.compressed() ? CLIENT.decompress(payload, bytes) : payload)
              .isEqualTo(plain);
        }
      }
    }
  }

  @Test
  void a_compressed_message_may_come_in_fragments_with_a_ping_between_them() {
    byte[] message = deflated(LONG);
    try (RawWebSocket socket = connect("fragments")) {
      socket.sendFrame(RSV1 | TEXT, Arrays.copyOfRange(message, 0, 5));
      socket.sendFrame(CONTINUATION, new byte[0]);
      socket.sendFrame(FIN | PING, new byte[] {'p'});
      assertThat(nextPlain(socket)).isEqualTo("p");
      socket.sendFrame(FIN | CONTINUATION, Arrays.copyOfRange(message, 5, message.length));
      assertThat(nextText(socket)).isEqualTo(LONG);
      socket.sendFrame(TEXT, "not ".getBytes(StandardCharsets.UTF_8));
      socket.sendFrame(FIN | CONTINUATION, "compressed".getBytes(StandardCharsets.UTF_8));
      assertThat(nextPlain(socket)).isEqualTo("not compressed");
    }
  }

  @Test
  void reserved_bits_are_refused_except_the_first_one_at_the_start_of_a_message() {
    byte[] message = deflated("Hello");
    byte[] close = {3, (byte) 0xe8};
    for (String path : new String[] {"/rooms/bits", CENTRIFUGE}) {
      for (int first :
          new int[] {
            FIN | 0x20 | TEXT,
            FIN | 0x10 | TEXT,
            FIN | 0x70 | TEXT,
            FIN | RSV1 | PING,
            FIN | RSV1 | CLOSE,
            FIN | 0x10 | PING
          }) {
        try (RawWebSocket socket = RawWebSocket.connect(node.port(), path, OFFER)) {
          socket.sendFrame(first, (first & 15) == CLOSE ? close : message).expectClosed(1002);
          socket.endSending();
          assertThat(socket.isEnded()).isTrue();
        }
      }
      try (RawWebSocket socket = RawWebSocket.connect(node.port(), path, OFFER)) {
        socket.sendFrame(RSV1 | TEXT, message);
        socket.sendFrame(FIN | RSV1 | CONTINUATION, message).expectClosed(1002);
      }
      try (RawWebSocket socket = RawWebSocket.connect(node.port(), path)) {
        socket.sendFrame(FIN | RSV1 | TEXT, message).expectClosed(1002);
      }
    }
  }

  @Test
  void what_unpacks_to_more_than_the_limit_is_refused() {
    byte[] bomb = deflated(new byte[1 << 20]);
    byte[] oneMore = deflated("x".repeat(65_537));
    byte[] wide = new byte[80_000];
    assertThat(bomb.length).isLessThan(1100);
    for (String path : new String[] {"/rooms/bombs", CENTRIFUGE}) {
      for (byte[] message : new byte[][] {bomb, oneMore, wide}) {
        try (RawWebSocket socket = RawWebSocket.connect(node.port(), path, OFFER)) {
          socket.sendFrame(FIN | RSV1 | TEXT, message);
          assertThat(socket.expectClosed(1009)).isEqualTo("a message has at most 65536 bytes");
        }
      }
      try (RawWebSocket socket = RawWebSocket.connect(node.port(), path, OFFER)) {
        socket.sendFrame(RSV1 | TEXT, Arrays.copyOf(bomb, 500));
        socket.sendFrame(FIN | CONTINUATION, Arrays.copyOfRange(bomb, 500, bomb.length));
        socket.expectClosed(1009);
      }
      try (RawWebSocket socket = RawWebSocket.connect(node.port(), path, OFFER)) {
        socket.sendFrame(RSV1 | TEXT, wide);
        socket.expectClosed(1009);
      }
      try (RawWebSocket socket = RawWebSocket.connect(node.port(), path, OFFER)) {
        socket.sendFrame(FIN | TEXT, new byte[65_537]).expectClosed(1009);
      }
    }
  }

  @Test
  void a_malformed_or_truncated_message_is_refused_and_so_is_one_that_is_not_utf8() {
    byte[] whole = deflated(LONG);
    byte[] cut = Arrays.copyOf(whole, whole.length - 3);
    byte[] malformed = {(byte) 0xff, 1, 2, 3};
    byte[] latin1 = deflated(new byte[] {'a', (byte) 0xe9});
    for (String path : new String[] {"/rooms/malformed", CENTRIFUGE}) {
      for (byte[] message : new byte[][] {cut, malformed, new byte[0]}) {
        try (RawWebSocket socket = RawWebSocket.connect(node.port(), path, OFFER)) {
          socket.sendFrame(FIN | RSV1 | TEXT, message);
          assertThat(socket.expectClosed(1007))
              .isEqualTo("a compressed message was not valid DEFLATE");
        }
      }
      try (RawWebSocket socket = RawWebSocket.connect(node.port(), path, OFFER)) {
        socket.sendFrame(FIN | RSV1 | TEXT, latin1);
        assertThat(socket.expectClosed(1007)).isEqualTo("text was not valid UTF-8");
      }
    }
  }

  @Test
  void with_positions_notices_and_old_messages_are_plain_and_new_messages_compressed() {
    HttpRoom room = HttpRoom.at(node.port(), "cursor");
    room.publish(LONG);
    String cursor = "Sec-WebSocket-Protocol: stentor.cursor";
    try (RawWebSocket socket = connect("cursor?last=1", cursor)) {
      assertThat(nextPlain(socket)).startsWith("{\"position\":");
      assertThat(nextPlain(socket)).endsWith(":1\n" + LONG);
      room.publish(LONG);
      assertThat(nextText(socket)).endsWith(":2\n" + LONG);
    }
  }

  @Test
  void centrifuge_publications_are_compressed_and_replies_are_not() {
    try (RawWebSocket socket = RawWebSocket.connect(node.port(), CENTRIFUGE, OFFER)) {
      socket.sendFrame(FIN | RSV1 | TEXT, deflated("{\"id\":1,\"connect\":{}}"));
      assertThat(nextPlain(socket)).startsWith("{\"id\":1,\"connect\":{\"client\":\"");
      for (String room : new String[] {"json", "plain-json"}) {
        socket.sendText("{\"id\":2,\"subscribe\":{\"channel\":\"" + room + "\"}}");
        assertThat(nextPlain(socket)).startsWith("{\"id\":2,\"subscribe\":{");
        HttpRoom.at(node.port(), room).publish(LONG);
        String push = room.equals("json") ? nextText(socket) : nextPlain(socket);
        assertThat(push)
            .startsWith("{\"push\":{\"channel\":\"" + room + "\",\"pub\":{\"data\":\"" + LONG);
      }
      socket.sendText("{\"id\":3,\"history\":{\"channel\":\"json\",\"limit\":1}}");
      assertThat(nextPlain(socket)).contains(LONG);
    }
  }

  @Test
  void complete_messages_and_long_deltas_are_compressed() {
    String more = "and other words ".repeat(20);
    try (RawWebSocket socket = RawWebSocket.connect(node.port(), CENTRIFUGE, OFFER)) {
      socket.sendText("{\"id\":1,\"connect\":{}}");
      nextPlain(socket);
      socket.sendText("{\"id\":2,\"subscribe\":{\"channel\":\"delta-1\",\"delta\":\"fossil\"}}");
      assertThat(nextPlain(socket)).contains("\"delta\":true");
      HttpRoom room = HttpRoom.at(node.port(), "delta-1");
      room.publish(LONG);
      assertThat(nextText(socket)).contains(LONG).doesNotContain("\"delta\":true");
      room.publish(LONG + "x");
      assertThat(nextPlain(socket)).contains("\"delta\":true").doesNotContain(LONG);
      room.publish(LONG + more);
      assertThat(nextText(socket)).contains("\"delta\":true", more).doesNotContain(LONG);
    }
  }

  @Test
  void protobuf_publications_are_compressed_and_replies_are_not() {
    String protobuf = "Sec-WebSocket-Protocol: centrifuge-protobuf";
    try (RawWebSocket socket = RawWebSocket.connect(node.port(), CENTRIFUGE, OFFER, protobuf)) {
      assertThat(socket.extensions()).isEqualTo(ANSWER);
      byte[] commands =
          CentrifugeProtobuf.commands(
              "{\"id\":1,\"connect\":{}}\n{\"id\":2,\"subscribe\":{\"channel\":\"pb\"}}");
      socket.sendFrame(FIN | RSV1 | BINARY, deflated(commands));
      for (int reply = 0; reply < 2; reply++) {
        assertThat(socket.nextFrame().compressed()).isFalse();
      }
      HttpRoom.at(node.port(), "pb").publish(LONG);
      assertThat(CentrifugeProtobuf.replies(nextCompressed(socket)))
          .contains("\"channel\":\"pb\"", LONG);
    }
  }

  @Test
  void unidirectional_clients_are_sent_compressed_publications() {
    String path = "/connection/uni_websocket?cf_connect=%7B%22subs%22:%7B%22uni%22:%7B%7D%7D%7D";
    try (RawWebSocket socket = RawWebSocket.connect(node.port(), path, OFFER)) {
      assertThat(nextPlain(socket)).startsWith("{\"connect\":{");
      HttpRoom.at(node.port(), "uni").publish(LONG);
      assertThat(nextText(socket)).startsWith("{\"channel\":\"uni\",\"pub\":{");
    }
  }

  @Test
  void bytes_are_counted_before_and_after() throws Exception {
    Scrape before = Scrape.of(node.port());
    byte[] message = deflated(LONG);
    int sent;
    try (RawWebSocket socket = connect("counted")) {
      socket.sendFrame(FIN | RSV1 | TEXT, message);
      byte[] answer = socket.nextFrame().payload();
      sent = answer.length;
      // Not counted by the node: the client is another user of the extension in this process.
      assertThat(CLIENT.decompress(answer, LONG.length())).hasSize(LONG.length());
    }
    Scrape after = Scrape.of(node.port());
    assertThat(grown("plain", "received", before, after)).isEqualTo(LONG.length());
    assertThat(grown("compressed", "received", before, after)).isEqualTo(message.length);
    assertThat(grown("plain", "sent", before, after)).isEqualTo(LONG.length());
    assertThat(grown("compressed", "sent", before, after)).isEqualTo(sent);
  }

  private static double grown(String form, String direction, Scrape before, Scrape after) {
    String name = "stentor_compression_" + form + "_bytes_total{direction=\"" + direction + "\"}";
    return after.get(name) - before.get(name);
  }
}
