package io.stentor.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stentor.support.ConcurrentTest;
import io.stentor.support.RawWebSocket;
import io.stentor.support.RawWebSocket.Frame;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/** How fast sockets may send, and what happens to those that send faster. */
class SocketPaceTest extends MessageLimitsSetting {
  @ConcurrentTest
  void a_socket_that_sends_too_fast_is_slowed_and_loses_nothing_while_others_are_served_at_once()
      throws IOException {
    start(limits("messagesPerSecondPerConnection", 10));
    try (RawWebSocket fast = RawWebSocket.connect(node.port(), "/rooms/fast");
        RawWebSocket other = RawWebSocket.connect(node.port(), "/rooms/other")) {
      long begun = System.nanoTime();
      for (int i = 0; i < 50; i++) {
        fast.sendText("m" + i);
      }
      await().atMost(SOON).until(() -> hits("messagesPerSecondPerConnection") >= 1);
      assertThat(other.sendText("now").nextFrame().text()).isEqualTo("now");
      assertThat(System.nanoTime() - begun).isLessThan(TimeUnit.SECONDS.toNanos(3));
      for (int i = 0; i < 50; i++) {
        assertThat(fast.nextFrame().text()).isEqualTo("m" + i);
      }
      // Twenty at once, the others at ten a second.
      assertThat(System.nanoTime() - begun).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(2500));
    }
  }

  @ConcurrentTest
  void commands_of_the_centrifuge_protocol_are_slowed_also_within_one_message() throws IOException {
    start(limits("messagesPerSecondPerConnection", 10));
    try (RawWebSocket client = centrifuge()) {
      long begun = System.nanoTime();
      StringBuilder commands = new StringBuilder();
      for (int i = 2; i < 42; i++) {
        commands.append("{\"id\":" + i + ",\"publish\":{\"channel\":\"c\",\"data\":" + i + "}}\n");
      }
      client.sendText(commands.toString());
      int replies = 0;
      while (replies < 40) {
        replies += client.nextFrame().text().split("\"id\"", -1).length - 1;
      }
      assertThat(System.nanoTime() - begun).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(1500));
      assertThat(hits("messagesPerSecondPerConnection")).isPositive();
    }
  }

  @ConcurrentTest
  void pings_and_fragments_count_like_messages() throws IOException {
    start(limits("messagesPerSecondPerConnection", 10));
    try (RawWebSocket pings = RawWebSocket.connect(node.port(), "/rooms/pings");
        RawWebSocket fragments = RawWebSocket.connect(node.port(), "/rooms/fragments")) {
      for (int i = 0; i < 40; i++) {
        pings.sendFrame(RawWebSocket.FIN | RawWebSocket.PING, new byte[] {(byte) i});
      }
      await().atMost(SOON).until(() -> hits("messagesPerSecondPerConnection") >= 1);
      double before = hits("messagesPerSecondPerConnection");
      fragments.sendFrame(RawWebSocket.TEXT, new byte[0]);
      for (int i = 0; i < 40; i++) {
        fragments.sendFrame(RawWebSocket.CONTINUATION, new byte[0]);
      }
      await().atMost(SOON).until(() -> hits("messagesPerSecondPerConnection") > before);
      assertThat(pings.nextFrame().opcode()).isEqualTo(RawWebSocket.PONG);
    }
  }

  @ConcurrentTest
  void pongs_do_not_pile_up_for_a_peer_that_reads_none() throws IOException {
    start(limits("messagesPerSecondPerConnection", 0));
    int count = 120_000;
    try (RawWebSocket peer = RawWebSocket.connect(node.port(), "/rooms/pings")) {
      byte[] payload = new byte[120];
      for (int i = 0; i < count; i++) {
        peer.sendFrame(RawWebSocket.FIN | RawWebSocket.PING, payload);
      }
      peer.sendFrame(RawWebSocket.FIN | RawWebSocket.PING, bytes("last"));
      int answered = 0;
      Frame pong = peer.nextFrame();
      while (!pong.text().equals("last")) {
        answered++;
        pong = peer.nextFrame();
      }
      assertThat(answered).isPositive().isLessThan(count);
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @ConcurrentTest
  void sockets_of_one_address_are_slowed_together() throws IOException {
    start(limits("messagesPerSecondPerAddress", 10));
    String from = "X-Forwarded-For: 203.0.113.1";
    try (RawWebSocket one = RawWebSocket.connect(node.port(), "/rooms/one", from);
        RawWebSocket two = RawWebSocket.connect(node.port(), "/rooms/two", from)) {
      long begun = System.nanoTime();
      for (int i = 0; i < 25; i++) {
        one.sendText("1");
        two.sendText("2");
      }
      for (int i = 0; i < 25; i++) {
        assertThat(one.nextFrame().text()).isEqualTo("1");
        assertThat(two.nextFrame().text()).isEqualTo("2");
      }
      assertThat(System.nanoTime() - begun).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(2000));
      assertThat(hits("messagesPerSecondPerAddress")).isPositive();
    }
  }
}
