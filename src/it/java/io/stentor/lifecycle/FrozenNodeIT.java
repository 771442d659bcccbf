package io.stentor.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stentor.support.Client;
import io.stentor.support.Launch;
import io.stentor.support.NodeProcess;
import io.stentor.support.RawHttp;
import io.stentor.support.RawWebSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A process that stood still for longer than every timeout: what its clients sent meanwhile counts,
 * and nobody is late for what the node could not see.
 */
class FrozenNodeIT {
  private static final int CLIENTS = 50;
  private static final int TIMEOUT_SECONDS = 5;

  /** Longer than every timeout, and than a Centrifuge client may take to connect. */
  private static final Duration FROZEN = Duration.ofSeconds(15);

  /** Several pings and timeouts. */
  private static final Duration AFTERWARDS = Duration.ofSeconds(8);

  private NodeProcess node;

  @BeforeEach
  void start() {
    node =
        NodeProcess.start(
            Launch.jar("--host", "127.0.0.1")
                .withEnv("STENTOR_WEB_SOCKET_PING_INTERVAL_SECONDS", 1)
                .withEnv("STENTOR_WEB_SOCKET_PONG_TIMEOUT_SECONDS", TIMEOUT_SECONDS)
                .withEnv("STENTOR_LIMITS_HANDSHAKE_SECONDS", TIMEOUT_SECONDS)
                .withEnv("STENTOR_LIMITS_BODY_SECONDS", TIMEOUT_SECONDS)
                .withEnv("STENTOR_LIMITS_IDLE_SECONDS", TIMEOUT_SECONDS));
  }

  @AfterEach
  void stop() {
    node.close();
  }

  private void freezeFor(Duration time, Runnable meanwhile) {
    node.freeze();
    try {
      meanwhile.run();
      pass(time);
    } finally {
      node.thaw();
    }
  }

  private static void pass(Duration time) {
    await().pollDelay(time).atMost(time.multipliedBy(3)).until(() -> true);
  }

  @Test
  void clients_that_answer_stay_and_one_that_does_not_is_still_found() {
    List<Client> clients = new ArrayList<>();
    try (RawWebSocket silent = RawWebSocket.connect(node.port(), "/rooms/other")) {
      for (int i = 0; i < CLIENTS; i++) {
        clients.add(Client.connect(node.port(), "/rooms/frozen"));
      }
      assertThat(silent.nextFrameOrPing().opcode()).isEqualTo(RawWebSocket.PING);
      freezeFor(FROZEN, () -> {});
      silent.expectClosed(3012);
      pass(AFTERWARDS);
      assertThat(clients).noneMatch(Client::isClosed);
      clients.get(0).publish("still here");
      clients.forEach(client -> client.expect("still here"));
    } finally {
      clients.forEach(Client::close);
    }
    node.log().await("the process stood still for \\d+ ms", AFTERWARDS);
  }

  @Test
  void what_was_sent_while_it_stood_still_is_served_before_any_timeout() {
    try (RawHttp head = new RawHttp(node.port());
        RawHttp body = new RawHttp(node.port());
        RawHttp idle = new RawHttp(node.port());
        RawWebSocket connecting = RawWebSocket.connect(node.port(), "/connection/websocket")) {
      idle.send("GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n");
      assertThat(idle.answer().status()).isEqualTo(200);
      head.send("GET /health/live HTTP/1.1\r\n");
      body.send(
          "POST /rooms/frozen/messages HTTP/1.1\r\n"
              + "Host: a\r\n"
              + "Content-Type: text/plain\r\n"
              + "Content-Length: 4\r\n\r\n"
              + "ab");
      freezeFor(
          FROZEN,
          () -> {
            head.send("Host: a\r\n\r\n");
            body.send("cd");
            idle.send("GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n");
            connecting.sendText("{\"id\":1,\"connect\":{}}");
          });
      assertThat(head.answer().status()).isEqualTo(200);
      assertThat(body.answer().status()).isEqualTo(201);
      assertThat(idle.answer().status()).isEqualTo(200);
      assertThat(connecting.nextFrame().text()).contains("\"connect\"");
    }
  }

  /** Nothing was sent meanwhile, and as long as ever is left to do so. */
  @Test
  void what_is_sent_soon_after_it_goes_on_is_in_time() {
    try (RawHttp head = new RawHttp(node.port());
        RawHttp body = new RawHttp(node.port());
        RawWebSocket connecting = RawWebSocket.connect(node.port(), "/connection/websocket")) {
      head.send("GET /health/live HTTP/1.1\r\n");
      body.send(
          "POST /rooms/frozen/messages HTTP/1.1\r\n"
              + "Host: a\r\n"
              + "Content-Type: text/plain\r\n"
              + "Content-Length: 4\r\n\r\n"
              + "ab");
      freezeFor(FROZEN, () -> {});
      pass(Duration.ofMillis(TIMEOUT_SECONDS * 1000 / 2));
      head.send("Host: a\r\n\r\n");
      body.send("cd");
      connecting.sendText("{\"id\":1,\"connect\":{}}");
      assertThat(head.answer().status()).isEqualTo(200);
      assertThat(body.answer().status()).isEqualTo(201);
      assertThat(connecting.nextFrame().text()).contains("\"connect\"");
    }
  }
}
