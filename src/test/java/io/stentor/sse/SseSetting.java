package io.stentor.sse;

import io.stentor.identity.ApiKeys;
import io.stentor.support.Client;
import io.stentor.support.EventClient;
import io.stentor.support.NodeInProcess;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** A node with rooms to listen in by event streams. */
abstract class SseSetting {
  static final String KEY = "a key of a server";
  static NodeInProcess node;

  @BeforeAll
  static void start() throws IOException {
    JsonObject none = new JsonObject().put("history", new JsonObject().put("messages", 0));
    JsonObject closed = new JsonObject().put("match", "closed").put("subscribe", "server");
    JsonObject unseen = new JsonObject().put("match", "unseen").put("presence", false);
    JsonArray rooms = new JsonArray().add(none.put("match", "none")).add(closed).add(unseen);
    JsonObject key = new JsonObject().put("name", "test").put("sha256", ApiKeys.hash(KEY));
    JsonObject identity = new JsonObject().put("apiKeys", new JsonArray().add(key));
    node = NodeInProcess.start(new JsonObject().put("rooms", rooms).put("identity", identity));
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  static EventClient events(String pathAndQuery, String... more) {
    return EventClient.connect(node.port(), "/rooms/" + pathAndQuery, more);
  }

  static Client chat(String room) {
    return Client.connect(node.port(), "/rooms/" + room);
  }

  /** Publishes and waits until it is in the log. */
  static void publish(String room, String... texts) {
    try (Client client = chat(room)) {
      for (String text : texts) {
        client.publish(text).expect(text);
      }
    }
  }
}
