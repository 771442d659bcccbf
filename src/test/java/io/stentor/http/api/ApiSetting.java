package io.stentor.http.api;

import io.stentor.identity.ApiKeys;
import io.stentor.support.HttpRoom;
import io.stentor.support.NodeInProcess;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** A whole node with an API key and rooms of every kind, and a room of its own for each test. */
abstract class ApiSetting {
  static final String KEY = ApiKeys.generate();
  static NodeInProcess node;

  final String name = "r-" + UUID.randomUUID();
  final HttpRoom room = HttpRoom.at(node.port(), name);

  @BeforeAll
  static void start() throws IOException {
    node =
        NodeInProcess.start(
            new JsonObject(
                """
                {"identity": {"apiKeys": [{"name": "shop", "sha256": "%s"}]},
                 "rooms": [
                  {"match": "lobby", "transform": "shout"},
                  {"match": "nolog", "history": {"messages": 0}},
                  {"match": "three", "history": {"messages": 3}},
                  {"match": "shop", "publish": "server"},
                  {"match": "secret", "subscribe": "server"},
                  {"match": "users", "publish": "authenticated"},
                  {"match": "small", "maxMessageBytes": 10},
                  {"match": "large", "maxMessageBytes": 300000},
                  {"match": "full*", "maxMessageBytes": 10, "appendQueueBytes": 10},
                  {"match": "*-off", "presence": false},
                  {"match": "*-secret", "subscribe": "server", "publish": "server"}]}
                """
                    .formatted(ApiKeys.hash(KEY))));
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  /** The texts that {@link #publish} publishes for these numbers. */
  static List<Object> numbers(int from, int to) {
    return IntStream.rangeClosed(from, to).<Object>mapToObj(i -> "m" + i).toList();
  }

  /** Publishes a text for each of these numbers in the test's room; returns the last position. */
  String publish(int from, int to) {
    String last = "";
    for (int i = from; i <= to; i++) {
      last = room.publish("m" + i).position();
    }
    return last;
  }
}
