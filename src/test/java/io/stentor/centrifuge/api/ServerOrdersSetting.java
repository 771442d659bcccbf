package io.stentor.centrifuge.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.identity.ApiKeys;
import io.stentor.identity.Signer;
import io.stentor.support.Api;
import io.stentor.support.HttpRoom;
import io.stentor.support.NodeInProcess;
import io.stentor.support.RawWebSocket;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** A node whose servers give orders, and a user and a room of its own for each test. */
abstract class ServerOrdersSetting {
  static final Duration SOON = Duration.ofSeconds(20);
  static final String KEY = ApiKeys.generate();
  static final Signer SIGNER = Signer.secret("HS256", "a secret of over thirty-two bytes");
  static NodeInProcess node;
  static Api api;
  final String room = "orders:" + UUID.randomUUID();
  final String user = "u-" + UUID.randomUUID();

  @BeforeAll
  static void start() throws IOException {
    node =
        NodeInProcess.start(
            new JsonObject(
                """
                {"identity": {"apiKeys": [{"name": "shop", "sha256": "%s"}],
                              "tokens": {"hmacSecret": "a secret of over thirty-two bytes"}},
                 "rooms": [{"match": "*-closed", "subscribe": "token"}]}
                """
                    .formatted(ApiKeys.hash(KEY))));
    api = Api.at(node.port(), KEY);
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  static String token(JsonObject claims) {
    return SIGNER.sign(claims);
  }

  String token() {
    return token(new JsonObject().put("sub", user));
  }

  /** A client of the Centrifuge protocol as this user, and its name. */
  record Connected(RawWebSocket socket, String id) implements AutoCloseable {
    String next() {
      return socket.nextFrame().text();
    }

    Connected send(String command) {
      socket.sendText(command);
      return this;
    }

    @Override
    public void close() {
      socket.close();
    }
  }

  Connected connect(String token) {
    RawWebSocket socket = RawWebSocket.connect(node.port(), "/connection/websocket");
    String shown = token.isEmpty() ? "" : "\"token\":\"" + token + "\"";
    socket.sendText("{\"id\":1,\"connect\":{" + shown + "}}");
    JsonObject reply = new JsonObject(socket.nextFrame().text());
    return new Connected(socket, reply.getJsonObject("connect").getString("client"));
  }

  Connected subscribed() {
    Connected client = connect(token());
    client.send("{\"id\":2,\"subscribe\":{\"channel\":\"" + room + "\"}}");
    assertThat(client.next()).startsWith("{\"id\":2,\"subscribe\":");
    return client;
  }

  String order(String more) {
    return "{\"user\":\"" + user + "\"" + (more.isEmpty() ? "" : "," + more) + "}";
  }

  String inRoom(String more) {
    return order("\"channel\":\"" + room + "\"" + (more.isEmpty() ? "" : "," + more));
  }

  static void give(String order, String request) {
    assertThat(api.result(order, request)).isEqualTo(new JsonObject());
  }

  static int connections() {
    return api.result("info", "{}")
        .getJsonArray("nodes")
        .getJsonObject(0)
        .getInteger("num_clients");
  }

  CompletableFuture<HttpRoom.Answer> poll() {
    HttpRoom polled = HttpRoom.at(node.port(), room);
    String since = polled.read("").position();
    return polled.readLater("?wait=60&since=" + since + "&token=" + token());
  }
}
