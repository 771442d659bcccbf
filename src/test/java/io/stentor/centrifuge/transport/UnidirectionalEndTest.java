package io.stentor.centrifuge.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.support.ConcurrentTest;
import io.stentor.support.LineStream;
import io.stentor.support.NodeInProcess;
import io.stentor.support.RawWebSocket;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How it ends for clients that connect and then only listen. */
class UnidirectionalEndTest extends UnidirectionalSetting {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"token\":\"a.b.c\"}|3500|invalid token",
        "{\"subs\":1}|3501|bad request: a value has the wrong type",
        "{\"subs\":{\"a b\":{}}}|3501|bad request: a room name has letters",
        "[]|3501|bad request: a JSON object was expected",
        "{|3501|bad request: this is no JSON",
        "''|3501|bad request: a message without a command",
        "EXPIRED|3005|connection expired",
      })
  void who_cannot_connect_is_told_why_by_a_last_push_or_the_close(
      String connect, int code, String why) {
    long past = System.currentTimeMillis() / 1000 - 60;
    String expired = SIGNER.sign(new JsonObject().put("sub", "ann").put("exp", past));
    String body =
        connect.equals("EXPIRED") ? new JsonObject().put("token", expired).encode() : connect;
    String last = "{\"disconnect\":{\"code\":" + code + ",\"reason\":\"" + why;
    try (LineStream lines = LineStream.post(node.port(), LINES, body);
        LineStream events = LineStream.post(node.port(), EVENTS, body);
        RawWebSocket ws = RawWebSocket.connect(node.port(), SOCKET)) {
      assertThat(lines.next()).startsWith(last);
      lines.expectEnd();
      assertThat(events.next()).startsWith(last);
      events.expectEnd();
      ws.sendText(body);
      assertThat(ws.expectClosed(code)).startsWith(why);
    }
  }

  @ConcurrentTest
  void everybody_is_pinged_and_nobody_has_to_answer() throws IOException {
    try (NodeInProcess pinging = start(1);
        LineStream stream = LineStream.post(pinging.port(), LINES, "{}");
        RawWebSocket ws = RawWebSocket.connect(pinging.port(), SOCKET)) {
      ws.sendText("{}");
      assertThat(stream.next()).endsWith(",\"ping\":1}}");
      assertThat(ws.nextFrame().text()).endsWith(",\"ping\":1}}");
      for (int i = 0; i < 4; i++) {
        assertThat(stream.next()).isEqualTo("{}");
        assertThat(ws.nextFrame().text()).isEqualTo("{}");
      }
    }
  }

  @ConcurrentTest
  void who_does_not_read_is_told_3008() {
    String filler = "x".repeat(60_000);
    try (LineStream stopped = LineStream.post(node.port(), LINES, subs("slow:a"));
        RawWebSocket speaks = RawWebSocket.connect(node.port(), "/rooms/slow:a")) {
      assertThat(stopped.next()).contains("slow:a");
      for (int i = 0; i < 300; i++) {
        speaks.sendText(i + filler);
        assertThat(speaks.nextFrame().text()).startsWith(i + "x");
      }
      assertThat(stopped.expectDisconnect(3008)).startsWith("{\"disconnect\":");
    }
  }

  @ConcurrentTest
  void who_does_not_say_who_it_is_is_stale_after_ten_seconds() {
    long past = System.currentTimeMillis() / 1000 - 60;
    String expired = SIGNER.sign(new JsonObject().put("sub", "ann").put("exp", past));
    JsonObject token = new JsonObject().put("token", expired);
    String refused = new JsonObject().put("id", 1).put("connect", token).encode();
    Duration most = Duration.ofSeconds(15);
    try (RawWebSocket listens = RawWebSocket.connect(node.port(), SOCKET);
        RawWebSocket speaks = RawWebSocket.connect(node.port(), "/connection/websocket");
        LineStream stream = LineStream.post(node.port(), "/connection/http_stream", refused)) {
      assertThat(stream.next()).startsWith("{\"id\":1,\"error\":{\"code\":109,");
      List.of(listens, speaks, stream).forEach(client -> client.patience(most));
      assertThat(listens.expectClosed(3502)).isEqualTo("stale");
      assertThat(speaks.expectClosed(3502)).isEqualTo("stale");
      stream.expectDisconnect(3502);
    }
  }
}
