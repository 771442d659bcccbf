package io.stentor.centrifuge.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.identity.Signer;
import io.stentor.support.LineStream;
import io.stentor.support.NodeInProcess;
import io.stentor.support.RawHttp;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** A node with clients that connect and then only listen. */
abstract class UnidirectionalSetting {
  static final String LINES = "/connection/uni_http_stream";
  static final String EVENTS = "/connection/uni_sse";
  static final String SOCKET = "/connection/uni_websocket";
  static final Signer SIGNER = Signer.secret("HS256", "a secret that nobody can guess");
  static NodeInProcess node;

  @BeforeAll
  static void start() throws IOException {
    node = start(0);
  }

  static NodeInProcess start(int pingSeconds) throws IOException {
    JsonObject tokens = new JsonObject().put("hmacSecret", "a secret that nobody can guess");
    JsonObject closed = new JsonObject().put("match", "closed*").put("subscribe", "server");
    return CentrifugeNodes.start(
        pingSeconds,
        new JsonObject()
            .put("identity", new JsonObject().put("tokens", tokens))
            .put("rooms", new JsonArray().add(closed)));
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  static String subs(String... rooms) {
    JsonObject subs = new JsonObject();
    List.of(rooms).forEach(room -> subs.put(room, new JsonObject()));
    return new JsonObject().put("subs", subs).encode();
  }

  static String query(String path, String connect) {
    return path + "?cf_connect=" + URLEncoder.encode(connect, StandardCharsets.UTF_8);
  }

  static void publish(String room, String json) {
    String request = LineStream.request("POST", "/rooms/" + room + "/messages", json);
    try (RawHttp http = new RawHttp(node.port())) {
      assertThat(http.send(request).answer().status()).isEqualTo(201);
    }
  }

  static JsonObject connect(String push) {
    return new JsonObject(push).getJsonObject("connect");
  }

  static JsonObject recovered(JsonObject position) {
    JsonObject subs = new JsonObject().put("missed", position);
    String body = new JsonObject().put("subs", subs).encode();
    try (LineStream stream = LineStream.post(node.port(), LINES, body)) {
      return connect(stream.next()).getJsonObject("subs").getJsonObject("missed");
    }
  }
}
