package io.stentor.websocket;

import static io.stentor.support.RawWebSocket.BINARY;
import static io.stentor.support.RawWebSocket.CLOSE;
import static io.stentor.support.RawWebSocket.FIN;
import static io.stentor.support.RawWebSocket.PING;
import static io.stentor.support.RawWebSocket.TEXT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stentor.support.NodeInProcess;
import io.stentor.support.RawWebSocket;
import io.stentor.support.RawWebSocket.Frame;
import io.stentor.support.Scrape;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How a WebSocket ends (RFC 6455, section 7), on every path that has one. */
class ClosingTest {
  private static final String ROOM = "/rooms/closing";
  private static final List<String> PATHS =
      List.of("/", ROOM, "/connection/websocket", "/connection/uni_websocket");

  /** A socket that is cut only after this was not ended in time. */
  private static final int LONG_SECONDS = 60;

  private static NodeInProcess node;

  @BeforeAll
  static void start() throws IOException {
    node = start(LONG_SECONDS, 0, 1);
  }

  private static NodeInProcess start(
      int closeTimeoutSeconds, int pingIntervalSeconds, int pongTimeoutSeconds) throws IOException {
    JsonObject sockets =
        new JsonObject()
            .put("closeTimeoutSeconds", closeTimeoutSeconds)
            .put("pingIntervalSeconds", pingIntervalSeconds)
            .put("pongTimeoutSeconds", pongTimeoutSeconds);
    JsonObject wide = new JsonObject().put("tailBytes", 32_000_000);
    return NodeInProcess.start(
        new JsonObject().put("webSocket", sockets).put("roomDefaults", wide));
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  private static RawWebSocket connect(String path) {
    return RawWebSocket.connect(node.port(), path);
  }

  private static byte[] close(int code, int... reason) {
    ByteBuffer payload = ByteBuffer.allocate(2 + reason.length).putShort((short) code);
    IntStream.of(reason).forEach(b -> payload.put((byte) b));
    return payload.array();
  }

  private static void awaitConnections(NodeInProcess of, int count) {
    await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () ->
                Scrape.of(of.port()).get("stentor_connections{transport=\"websocket\"}") == count);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 999, 1004, 1005, 1006, 1015, 1016, 2000, 2999, 5000, 65_535})
  void a_close_code_that_may_not_be_sent_is_answered_with_1002(int code) {
    for (String path : PATHS) {
      try (RawWebSocket socket = connect(path)) {
        socket.sendFrame(FIN | CLOSE, close(code, 'x')).expectClosed(1002);
        assertThat(socket.isEnded()).as(path).isTrue();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1000, 1001, 1003, 1007, 1011, 1014, 3000, 3999, 4000, 4999})
  void a_close_code_that_may_be_sent_is_answered_with_itself(int code) {
    for (String path : PATHS) {
      try (RawWebSocket socket = connect(path)) {
        socket.sendFrame(FIN | CLOSE, close(code)).expectClosed(code);
        assertThat(socket.isEnded()).as(path).isTrue();
      }
    }
  }

  @Test
  void half_a_code_is_answered_with_1002_and_a_reason_that_is_not_utf8_with_1007() {
    for (String path : PATHS) {
      try (RawWebSocket half = connect(path);
          RawWebSocket latin1 = connect(path);
          RawWebSocket wide = connect(path)) {
        half.sendFrame(FIN | CLOSE, new byte[] {3}).expectClosed(1002);
        latin1.sendFrame(FIN | CLOSE, close(1000, 'a', 0xe9)).expectClosed(1007);
        wide.sendFrame(FIN | CLOSE, close(1000, 0xed, 0xa0, 0x80)).expectClosed(1007);
        assertThat(Stream.of(half, latin1, wide)).as(path).allMatch(RawWebSocket::isEnded);
      }
    }
  }

  static Stream<byte[]> refusedFrames() {
    return Stream.of(
        new byte[] {(byte) (FIN | TEXT), (byte) 0xff, 0, 0, 0, 0, 0x40, 0, 0, 0, 1, 2, 3, 4},
        new byte[] {(byte) (FIN | TEXT), 1, 'x'},
        new byte[] {(byte) (FIN | 0x40 | TEXT), (byte) 0x80, 1, 2, 3, 4},
        new byte[] {(byte) (FIN | 3), (byte) 0x80, 1, 2, 3, 4},
        new byte[] {(byte) (FIN | BINARY), (byte) 0x81, 0, 0, 0, 0, 'x'});
  }

  /** The last of them is decoded, and refused only then. */
  @ParameterizedTest
  @MethodSource("refusedFrames")
  void a_frame_that_is_refused_ends_the_connection_once_the_peer_has_answered(byte[] frame) {
    for (String path : PATHS) {
      try (RawWebSocket socket = connect(path)) {
        socket.send(frame);
        Frame close = socket.nextFrame();
        assertThat(close.opcode()).isEqualTo(CLOSE);
        socket.sendFrame(FIN | CLOSE, close(close.closeCode()));
        assertThat(socket.isEnded()).as(path).isTrue();
      }
      awaitNobody();
    }
  }

  private static void awaitNobody() {
    awaitConnections(node, 0);
    await()
        .until(
            () -> Scrape.of(node.port()).get("stentor_connections{transport=\"centrifuge\"}") == 0);
  }

  @Test
  void who_answers_the_close_of_the_server_is_let_go_at_once() {
    try (RawWebSocket socket = connect(ROOM)) {
      socket.sendFrame(FIN | BINARY, new byte[] {1}).expectClosed(1003);
      socket.sendText("no longer read").sendFrame(FIN | PING, new byte[0]);
      socket.sendFrame(FIN | CLOSE, close(1003));
      assertThat(socket.isEnded()).isTrue();
    }
  }

  /** Publishes and reads what comes of it, pings too; returns how many of those came. */
  private static int publish(RawWebSocket publisher, String text) {
    int pings = 0;
    publisher.sendText(text);
    for (Frame frame = publisher.nextFrameOrPing();
        frame.opcode() == PING;
        frame = publisher.nextFrameOrPing()) {
      pings++;
      publisher.sendFrame(FIN | RawWebSocket.PONG, frame.payload());
    }
    return pings;
  }

  /** Fills what waits for a client that does not read. */
  private static void fill(RawWebSocket publisher) {
    for (int i = 0; i < 400; i++) {
      publish(publisher, "x".repeat(30_000));
    }
  }

  @Test
  void neither_a_message_nor_a_ping_follows_the_close_frame_that_answers_the_peers()
      throws IOException {
    try (NodeInProcess pinging = start(LONG_SECONDS, 1, 40);
        RawWebSocket leaving = RawWebSocket.connect(pinging.port(), ROOM);
        RawWebSocket staying = RawWebSocket.connect(pinging.port(), ROOM)) {
      publish(staying, "in");
      fill(staying);
      leaving.sendFrame(FIN | CLOSE, close(1000)).sendFrame(FIN | PING, new byte[] {1});
      int pings = 0;
      while (pings < 3) {
        pings += publish(staying, "on");
      }
      List<Integer> seen = new ArrayList<>();
      do {
        seen.add(leaving.nextFrame().opcode());
      } while (seen.get(seen.size() - 1) != CLOSE);
      assertThat(leaving.isEnded()).isTrue();
    }
  }

  @Test
  void a_peer_that_closes_and_reads_nothing_more_is_cut() throws IOException {
    try (NodeInProcess impatient = start(1, 0, 1);
        RawWebSocket closes = RawWebSocket.connect(impatient.port(), ROOM);
        RawWebSocket publisher = RawWebSocket.connect(impatient.port(), ROOM)) {
      publish(publisher, "in");
      fill(publisher);
      awaitConnections(impatient, 2);
      closes.sendFrame(FIN | CLOSE, close(1000));
      awaitConnections(impatient, 1);
      publish(publisher, "still here");
    }
  }
}
