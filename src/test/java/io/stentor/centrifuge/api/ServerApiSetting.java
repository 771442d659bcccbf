package io.stentor.centrifuge.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.identity.ApiKeys;
import io.stentor.support.Api;
import io.stentor.support.Client;
import io.stentor.support.NodeInProcess;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** A node whose API servers use, and a room of its own for each test. */
abstract class ServerApiSetting {
  static final Duration SOON = Duration.ofSeconds(20);
  static final String KEY = ApiKeys.generate();
  static NodeInProcess node;
  static Api api;
  final String room = "api:" + UUID.randomUUID();

  @BeforeAll
  static void start() throws IOException {
    node = NodeInProcess.start(options());
    api = Api.at(node.port(), KEY);
  }

  static JsonObject options() {
    return new JsonObject(
        """
        {"identity": {"apiKeys": [{"name": "shop", "sha256": "%s"}]},
         "rooms": [
          {"match": "*-unlogged", "history": {"messages": 0}},
          {"match": "*-unseen", "presence": false},
          {"match": "*-tiny", "maxMessageBytes": 10},
          {"match": "*-servers", "publish": "server", "subscribe": "server"}]}
        """
            .formatted(ApiKeys.hash(KEY)));
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  String of(String more) {
    return of("", more);
  }

  String of(String suffix, String more) {
    return "{\"channel\":\"" + room + suffix + "\"" + (more.isEmpty() ? "" : "," + more) + "}";
  }

  /** Somebody who is in the room and is told positions. */
  Client listening() {
    Client client = Client.connect(node.port(), "/rooms/" + room, "stentor.cursor");
    assertThat(client.next()).startsWith("{");
    return client;
  }

  static String heard(Client listener) {
    return listener.next().split("\n", 2)[1];
  }

  static List<Object> data(JsonObject history) {
    List<Object> all = new ArrayList<>();
    JsonArray publications = history.getJsonArray("publications");
    publications.forEach(one -> all.add(((JsonObject) one).getValue("data")));
    return all;
  }

  /** Whether a client that listens, so that its node has the newest at hand, could resume. */
  boolean resumed(String epoch, int offset) {
    String since = "?since=" + epoch + ":" + offset;
    try (Client client = Client.connect(node.port(), "/rooms/" + room + since, "stentor.cursor")) {
      return new JsonObject(client.next()).getBoolean("recovered");
    }
  }

  static JsonObject channels(String pattern) {
    return api.result("channels", "{\"pattern\":\"" + pattern + "\"}").getJsonObject("channels");
  }

  static JsonObject info() {
    JsonArray nodes = api.result("info", "{}").getJsonArray("nodes");
    assertThat(nodes).hasSize(1);
    return nodes.getJsonObject(0);
  }
}
