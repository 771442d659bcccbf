package io.stentor.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stentor.support.NodeInProcess;
import io.stentor.support.RawHttp;
import io.stentor.support.RawWebSocket;
import io.stentor.support.RawWebSocket.Frame;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Ready-made frames and control frames on one real socket: notices when Vert.x changes inside. */
class SocketTest {
  private static NodeInProcess node;

  @BeforeAll
  static void start() throws IOException {
    JsonObject wide = new JsonObject().put("tailBytes", 16_000_000);
    JsonObject noPings = new JsonObject().put("pingIntervalSeconds", 0);
    JsonObject options = new JsonObject().put("roomDefaults", wide).put("webSocket", noPings);
    node = NodeInProcess.start(options);
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  private static RawWebSocket connect(String room) {
    return RawWebSocket.connect(node.port(), "/rooms/" + room);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void texts_and_pongs_come_whole_and_each_kind_in_its_order() {
    try (RawWebSocket socket = connect("mixed")) {
      int count = 300;
      for (int i = 0; i < count; i++) {
        socket.sendText("t" + i + "x".repeat(i * 7));
        socket.sendFrame(RawWebSocket.FIN | RawWebSocket.PING, bytes("p" + i));
      }
      List<String> texts = new ArrayList<>();
      List<String> pongs = new ArrayList<>();
      while (texts.size() < count || pongs.size() < count) {
        Frame frame = socket.nextFrame();
        assertThat(frame.fin()).isTrue();
        if (frame.opcode() == RawWebSocket.PONG) {
          pongs.add(frame.text());
        } else {
          assertThat(frame.opcode()).isEqualTo(RawWebSocket.TEXT);
          texts.add(frame.text());
        }
      }
      for (int i = 0; i < count; i++) {
        assertThat(pongs.get(i)).isEqualTo("p" + i);
        assertThat(texts.get(i)).isEqualTo("t" + i + "x".repeat(i * 7));
      }
    }
  }

  @Test
  void a_close_is_answered_with_its_code_and_the_socket_ends() {
    try (RawWebSocket socket = connect("bye")) {
      socket.sendFrame(RawWebSocket.FIN | RawWebSocket.CLOSE, new byte[] {3, (byte) 0xe9, 'b'});
      assertThat(socket.expectClosed(1001)).isEqualTo("b");
      assertThat(socket.isEnded()).isTrue();
    }
  }

  @Test
  void a_close_without_a_code_is_answered_without_one() {
    try (RawWebSocket socket = connect("bye")) {
      socket.sendFrame(RawWebSocket.FIN | RawWebSocket.CLOSE, new byte[0]);
      socket.expectClosed(1005);
      assertThat(socket.isEnded()).isTrue();
    }
  }

  @Test
  void nothing_is_published_after_a_close_and_nothing_is_delivered() {
    try (RawWebSocket leaving = connect("after");
        RawWebSocket staying = connect("after")) {
      // Who hears itself is in the room, and hears what others say from then on.
      staying.sendText("in");
      assertThat(staying.nextFrame().text()).isEqualTo("in");
      leaving.sendText("before");
      assertThat(staying.nextFrame().text()).isEqualTo("before");
      // A close frame and a text in one packet, with masks that change nothing.
      leaving.send(
          HexFormat.of().parseHex("8882" + "00000000" + "03e8" + "8182" + "00000000" + "6869"));
      leaving.expectClosed(1000);
      staying.sendText("on");
      assertThat(staying.nextFrame().text()).isEqualTo("on");
    }
  }

  /** More in one turn than Netty lets wait: the socket is full and takes more within one flush. */
  /** A handshake is answered before its socket has joined the room. */
  private static void awaitMembers(String room, int count) {
    await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () ->
                new JsonObject(RawHttp.get(node.port(), "/rooms/" + room + "/members").body())
                        .getInteger("connections")
                    == count);
  }

  @Test
  void a_burst_that_fills_the_socket_for_a_moment_comes_whole_and_once() {
    int count = 600;
    String text = "x".repeat(1000);
    try (RawWebSocket publisher = connect("burst");
        RawWebSocket other = connect("burst")) {
      awaitMembers("burst", 2);
      for (int round = 0; round < 5; round++) {
        for (int i = 0; i < count; i++) {
          publisher.sendText(i + text);
        }
        for (RawWebSocket socket : List.of(publisher, other)) {
          for (int i = 0; i < count; i++) {
            assertThat(socket.nextFrame().text()).isEqualTo(i + text);
          }
        }
      }
    }
  }

  /**
   * Also shows that a full socket is found out about, and that draining goes on where it stopped.
   */
  @Test
  void who_does_not_read_for_a_while_gets_everything_later() {
    int count = 400;
    String big = "x".repeat(20_000);
    try (RawWebSocket slow = connect("slow");
        RawWebSocket quick = connect("slow")) {
      awaitMembers("slow", 2);
      for (int i = 0; i < count; i++) {
        quick.sendText(i + big);
        assertThat(quick.nextFrame().text()).startsWith(i + "x");
      }
      for (int i = 0; i < count; i++) {
        assertThat(slow.nextFrame().text()).isEqualTo(i + big);
      }
    }
  }
}
