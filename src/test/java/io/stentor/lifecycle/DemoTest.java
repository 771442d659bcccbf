package io.stentor.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stentor.support.HttpRoom;
import io.stentor.support.HttpRoom.Answer;
import io.stentor.support.NodeInProcess;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The simulated market of a whole node. */
class DemoTest {
  private static final Duration SOON = Duration.ofSeconds(20);

  private static NodeInProcess start(String more) throws IOException {
    String options = "{\"demo\": {\"enabled\": true, \"updatesPerSecond\": 500}%s}";
    return NodeInProcess.start(new JsonObject(options.formatted(more)));
  }

  private static int messages(HttpRoom room) {
    return room.get("/rooms/quotes:ARGO").json().getInteger("messages");
  }

  @Test
  void publishes_prices_of_every_symbol_at_the_rate_that_is_asked_for() throws IOException {
    try (NodeInProcess node = start("")) {
      HttpRoom room = HttpRoom.at(node.port(), "quotes:ARGO");
      await().atMost(SOON).until(() -> messages(room) > 2);
      await().atMost(SOON).until(() -> symbols(room) == 24);
      JsonArray heard = room.get("/rooms/quotes:ARGO/messages").json().getJsonArray("messages");

      assertThat(heard)
          .allSatisfy(
              one -> {
                JsonObject data = ((JsonObject) one).getJsonObject("data");
                assertThat(data.fieldNames())
                    .contains("price", "open", "low", "high", "volume", "time");
                assertThat(data.getDouble("price")).isBetween(1.0, 600.0);
              });
      long before = heardInAll(room);
      long start = System.nanoTime();
      await().atMost(SOON).until(() -> heardInAll(room) > before + 600);
      double seconds = (System.nanoTime() - start) / 1e9;
      assertThat(600 / seconds).isBetween(150.0, 750.0);
    }
  }

  private static int symbols(HttpRoom room) {
    return room.get("/rooms?prefix=quotes:&limit=100").json().getJsonArray("rooms").size();
  }

  private static long heardInAll(HttpRoom room) {
    long sum = 0;
    JsonArray rooms = room.get("/rooms?prefix=quotes:&limit=100").json().getJsonArray("rooms");
    for (Object one : rooms) {
      String position = ((JsonObject) one).getString("position");
      sum += Long.parseLong(position.substring(position.indexOf(':') + 1));
    }
    return sum;
  }

  @Test
  void its_rooms_are_set_for_slow_pages_and_for_no_other_publisher() throws IOException {
    try (NodeInProcess node = start("")) {
      HttpRoom room = HttpRoom.at(node.port(), "quotes:ARGO");
      JsonObject options = room.get("/rooms/quotes:ARGO").json().getJsonObject("options");

      assertThat(options.getString("publish")).isEqualTo("server");
      assertThat(options.getBoolean("presence")).isFalse();
      assertThat(room.publish("12.5").status()).isEqualTo(401);
    }
  }

  @Test
  void works_where_nobody_is_served_without_a_key_and_makes_no_hole_there() throws IOException {
    try (NodeInProcess node =
        start(
            ", \"identity\": {\"anonymous\": false, \"apiKeys\": [{\"name\": \"me\", \"sha256\":"
                + " \"2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae\"}]}")) {
      HttpRoom room = HttpRoom.at(node.port(), "quotes:ARGO");
      assertThat(room.get("/rooms/quotes:ARGO/messages").status()).isEqualTo(401);
      await()
          .atMost(SOON)
          .until(
              () -> {
                Answer answer = room.get("/rooms/quotes:ARGO/messages", "X-API-Key", "foo");
                return !answer.json().getJsonArray("messages").isEmpty();
              });
    }
  }

  @Test
  void rules_of_the_configuration_come_before_those_of_the_demo() throws IOException {
    String rule =
        "{\"match\": \"quotes:A*\", \"publish\": \"anyone\", \"history\": {\"messages\": 7}}";
    try (NodeInProcess node = start(", \"rooms\": [" + rule + "]")) {
      HttpRoom room = HttpRoom.at(node.port(), "quotes:ARGO");
      await().atMost(SOON).until(() -> messages(room) == 7);
      assertThat(room.publish("said by somebody else").status()).isEqualTo(201);
      int before = room.get("/rooms/quotes:ARGO/messages").json().getInteger("offset");
      await()
          .atMost(SOON)
          .until(
              () ->
                  room.get("/rooms/quotes:ARGO/messages").json().getInteger("offset") > before + 2);
    }
  }

  @Test
  void without_it_nothing_is_published() throws IOException {
    try (NodeInProcess node = NodeInProcess.start(new JsonObject())) {
      HttpRoom room = HttpRoom.at(node.port(), "quotes:ARGO");

      assertThat(room.get("/rooms?prefix=quotes:").json().getJsonArray("rooms")).isEmpty();
      assertThat(room.publish("12.5").status()).isEqualTo(201);
    }
  }
}
