package io.stentor.lifecycle;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stentor.identity.ApiKeys;
import io.stentor.support.Api;
import io.stentor.support.Client;
import io.stentor.support.EventClient;
import io.stentor.support.EventParser;
import io.stentor.support.HttpRoom;
import io.stentor.support.Launch;
import io.stentor.support.NodeProcess;
import io.stentor.support.RawWebSocket;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A single node with a data directory ends and starts again: everything goes on where it was. */
class RestartIT {
  private static final String KEY = ApiKeys.generate();
  private static final List<String> ROOMS = List.of("buffered", "synced");
  private static final List<String> MISSED = List.of("three", "four", "keyed");
  private static final String REMOVED = "removed";
  private static final String AGED = "aged";
  private static final String STATE = "state";

  @TempDir private Path directory;

  @Test
  void a_node_that_was_stopped_goes_on_with_another_jar() throws IOException {
    Path upgrade = Files.copy(Launch.jarUnderTest(), directory.resolve("upgrade.jar"));
    String epoch;
    try (NodeProcess node = NodeProcess.start(launch())) {
      epoch = talk(node);
      assertThat(node.stop()).as(node.log().toString()).isZero();
    }
    try (NodeProcess node = NodeProcess.start(launch().withJar(upgrade))) {
      checkAll(node, epoch);
    }
  }

  @Test
  void a_node_that_was_killed_goes_on() {
    String epoch;
    try (NodeProcess node = NodeProcess.start(launch())) {
      epoch = talk(node);
      node.kill9();
    }
    try (NodeProcess node = NodeProcess.start(launch())) {
      checkAll(node, epoch);
      node.kill9();
    }
    try (NodeProcess node = NodeProcess.start(launch())) {
      List<Object> kept = HttpRoom.at(node.port(), ROOMS.get(0)).read("?limit=100").contents();
      assertThat(kept).containsExactly("one", "two", "three", "four", "keyed", "later");
    }
  }

  private Launch launch() {
    JsonObject aged = new JsonObject().put("ageSeconds", 1);
    JsonObject synced = new JsonObject().put("durability", "synced");
    JsonArray rules =
        new JsonArray()
            .add(new JsonObject().put("match", AGED).put("history", aged))
            .add(new JsonObject().put("match", ROOMS.get(1)).put("history", synced));
    JsonObject key = new JsonObject().put("name", "shop").put("sha256", ApiKeys.hash(KEY));
    return Launch.server("--data-dir", directory.resolve("data").toString())
        .withEnv("STENTOR_ROOMS", rules.encode())
        .withEnv("STENTOR_IDENTITY_API_KEYS", new JsonArray().add(key).encode());
  }

  /** Publishes into all rooms; returns the epochs of {@link #ROOMS}, separated by a space. */
  private static String talk(NodeProcess node) {
    HttpRoom aged = HttpRoom.at(node.port(), AGED);
    aged.publish("old");
    StringBuilder epochs = new StringBuilder();
    for (String name : ROOMS) {
      HttpRoom room = HttpRoom.at(node.port(), name);
      List.of("one", "two", "three", "four").forEach(room::publish);
      epochs.append(publishWithKey(room, "keyed").json().getString("epoch")).append(' ');
    }
    HttpRoom removed = HttpRoom.at(node.port(), REMOVED);
    removed.publish("removed 1");
    removed.publish("removed 2");
    Api.at(node.port(), KEY).result("history_remove", "{\"channel\":\"" + REMOVED + "\"}");
    assertThat(publishVersion(node, 7).json().getLong("offset")).isEqualTo(1);
    await().until(() -> aged.read("").contents().isEmpty());
    return epochs.toString();
  }

  private static HttpRoom.Answer publishWithKey(HttpRoom room, String text) {
    return room.publish("text/plain", text.getBytes(UTF_8), "Idempotency-Key", "key-of-" + text);
  }

  private static HttpRoom.Answer publishVersion(NodeProcess node, long version) {
    byte[] text = ("version " + version).getBytes(UTF_8);
    HttpRoom room = HttpRoom.at(node.port(), STATE);
    return room.publishLater("?version=" + version, "text/plain", text).join();
  }

  private static void checkAll(NodeProcess node, String epochs) {
    for (int i = 0; i < ROOMS.size(); i++) {
      String epoch = epochs.split(" ")[i];
      onWebSocket(node.port(), ROOMS.get(i), epoch);
      onEventStream(node.port(), ROOMS.get(i), epoch);
      onCentrifuge(node.port(), ROOMS.get(i), epoch);
      onServerApi(node.port(), ROOMS.get(i), epoch);
      onHttp(node.port(), ROOMS.get(i), epoch);
    }
    whatIsGoneStaysGone(node.port());
    assertThat(publishVersion(node, 6).json().getBoolean("outdated")).isTrue();
    assertThat(publishVersion(node, 8).json().getLong("offset")).isEqualTo(2);
  }

  private static void onWebSocket(int port, String room, String epoch) {
    String path = "/rooms/" + room + "?since=" + epoch + ":2";
    try (Client client = Client.connect(port, path, "stentor.cursor")) {
      String line = client.next();
      assertThat(new JsonObject(line).getBoolean("recovered"))
          .as("%s after %s", line, path)
          .isTrue();
      client.expect(epoch + ":3\nthree", epoch + ":4\nfour", epoch + ":5\nkeyed");
    }
  }

  private static void onEventStream(int port, String room, String epoch) {
    String path = "/rooms/" + room + "/events";
    try (EventClient client = EventClient.connect(port, path, "Last-Event-ID: " + epoch + ":2")) {
      EventParser.Event position = client.next();
      assertThat(position.type()).isEqualTo("position");
      assertThat(new JsonObject(position.data()).getBoolean("recovered")).isTrue();
      client.expectMessages(MISSED.toArray(String[]::new));
    }
  }

  private static void onCentrifuge(int port, String room, String epoch) {
    try (RawWebSocket socket = RawWebSocket.connect(port, "/connection/websocket")) {
      socket.sendText("{\"id\":1,\"connect\":{}}");
      socket.nextFrame();
      JsonObject subscribe =
          new JsonObject()
              .put("channel", room)
              .put("recover", true)
              .put("epoch", epoch)
              .put("offset", 2);
      socket.sendText(new JsonObject().put("id", 2).put("subscribe", subscribe).encode());
      String frame = socket.nextFrame().text();
      JsonObject reply = new JsonObject(frame).getJsonObject("subscribe");
      assertThat(reply).as(frame).isNotNull();
      assertThat(reply.getBoolean("recovered")).as(frame).isTrue();
      assertThat(reply.getString("epoch")).isEqualTo(epoch);
      assertThat(data(reply.getJsonArray("publications"))).isEqualTo(MISSED);
    }
  }

  private static void onServerApi(int port, String room, String epoch) {
    JsonObject since = new JsonObject().put("epoch", epoch).put("offset", 2);
    JsonObject asked = new JsonObject().put("channel", room).put("limit", -1).put("since", since);
    JsonObject history = Api.at(port, KEY).result("history", asked.encode());
    assertThat(data(history.getJsonArray("publications"))).isEqualTo(MISSED);
  }

  private static List<Object> data(JsonArray publications) {
    return publications.stream().map(one -> ((JsonObject) one).getValue("data")).toList();
  }

  private static void onHttp(int port, String name, String epoch) {
    HttpRoom room = HttpRoom.at(port, name);
    HttpRoom.Answer missed = room.read("?since=" + epoch + ":2");
    assertThat(missed.json().getBoolean("recovered")).isTrue();
    assertThat(missed.contents()).isEqualTo(MISSED);
    assertThat(publishWithKey(room, "keyed").position()).isEqualTo(epoch + ":5");
    CompletableFuture<HttpRoom.Answer> poll = room.readLater("?since=" + epoch + ":5&wait=10");
    assertThat(room.publish("later").position()).isEqualTo(epoch + ":6");
    assertThat(poll.join().contents()).containsExactly("later");
  }

  private static void whatIsGoneStaysGone(int port) {
    assertThat(HttpRoom.at(port, AGED).read("").contents()).isEmpty();
    HttpRoom removed = HttpRoom.at(port, REMOVED);
    HttpRoom.Answer now = removed.read("");
    assertThat(now.contents()).isEmpty();
    String epoch = now.json().getString("epoch");
    assertThat(removed.read("?since=" + epoch + ":1").json().getBoolean("recovered")).isFalse();
    assertThat(removed.publish("new").position()).isEqualTo(epoch + ":3");
  }
}
