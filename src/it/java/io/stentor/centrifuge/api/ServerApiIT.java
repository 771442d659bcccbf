package io.stentor.centrifuge.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stentor.identity.ApiKeys;
import io.stentor.identity.Signer;
import io.stentor.support.Api;
import io.stentor.support.Client;
import io.stentor.support.ClusterOfProcesses;
import io.stentor.support.EventClient;
import io.stentor.support.Launch;
import io.stentor.support.RawWebSocket;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A server calls one node of two, and it is done on both when it is answered. */
class ServerApiIT {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final String KEY = ApiKeys.generate();
  private static final String SECRET = "a secret of more than thirty-two bytes";
  private static ClusterOfProcesses cluster;
  private static List<Api> apis;

  private final String room = "both:" + UUID.randomUUID();
  private final String user = "u-" + UUID.randomUUID();

  @BeforeAll
  static void start() throws IOException {
    cluster = ClusterOfProcesses.of(2, nodes());
    apis = List.of(Api.at(cluster.node(0).port(), KEY), Api.at(cluster.node(1).port(), KEY));
  }

  private static Launch nodes() throws IOException {
    JsonObject key = new JsonObject().put("name", "shop").put("sha256", ApiKeys.hash(KEY));
    JsonObject identity =
        new JsonObject()
            .put("apiKeys", List.of(key))
            .put("tokens", new JsonObject().put("hmacSecret", SECRET));
    Path file = Files.createTempFile("stentor", ".json");
    Files.writeString(file, new JsonObject().put("identity", identity).encode());
    return Launch.jar("--host", "127.0.0.1", "--conf", file.toString());
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  private String token() {
    return Signer.secret("HS256", SECRET).sign(new JsonObject().put("sub", user));
  }

  private static int port(int index) {
    return cluster.node(index).port();
  }

  /** One client of the Centrifuge protocol on each node, in the room. */
  private List<RawWebSocket> onBoth(boolean subscribed) {
    List<RawWebSocket> both = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      RawWebSocket socket = RawWebSocket.connect(port(i), "/connection/websocket");
      socket.sendText("{\"id\":1,\"connect\":{\"token\":\"" + token() + "\"}}");
      assertThat(socket.nextFrame().text()).startsWith("{\"id\":1,\"connect\":");
      if (subscribed) {
        socket.sendText("{\"id\":2,\"subscribe\":{\"channel\":\"" + room + "\"}}");
        assertThat(socket.nextFrame().text()).startsWith("{\"id\":2,\"subscribe\":");
      }
      both.add(socket);
    }
    return both;
  }

  private String order(String more) {
    return "{\"user\":\"" + user + "\",\"channel\":\"" + room + "\"" + more + "}";
  }

  @Test
  void a_user_is_sent_away_from_both_nodes_on_every_transport() {
    String path = "/rooms/" + room;
    List<RawWebSocket> both = onBoth(false);
    try (Client here = Client.connect(port(0), path + "?token=" + token());
        Client there = Client.connect(port(1), path + "?token=" + token());
        EventClient events = EventClient.connect(port(1), path + "/events?token=" + token());
        Client other = Client.connect(port(1), path + "?name=other")) {
      events.joined();
      await().atMost(SOON).until(() -> members() == 4);
      apis.get(0).result("disconnect", order(""));
      both.forEach(socket -> assertThat(socket.expectClosed(3503)).isEqualTo("force disconnect"));
      here.expectClosed(3503);
      there.expectClosed(3503);
      assertThat(events.skipTo("close").data()).contains("3503");
      assertThat(other.isClosed()).isFalse();
    }
  }

  private int members() {
    return apis.get(0)
        .result("presence_stats", "{\"channel\":\"" + room + "\"}")
        .getInteger("num_clients");
  }

  @Test
  void a_user_is_taken_out_of_a_room_on_both_nodes() {
    List<RawWebSocket> both = onBoth(true);
    apis.get(1).result("unsubscribe", order(""));
    for (RawWebSocket socket : both) {
      assertThat(socket.nextFrame().text())
          .contains("\"channel\":\"" + room + "\",\"unsubscribe\":{\"code\":2000,");
      socket.close();
    }
  }

  @Test
  void a_user_is_put_into_a_room_on_both_nodes_when_the_server_is_answered() {
    List<RawWebSocket> both = onBoth(false);
    apis.get(0).result("subscribe", order(""));
    apis.get(1).result("publish", "{\"channel\":\"" + room + "\",\"data\":\"hi\"}");
    for (RawWebSocket socket : both) {
      assertThat(socket.nextFrame().text()).contains("\"subscribe\":{\"recoverable\":true");
      assertThat(socket.nextFrame().text()).contains("\"pub\":{\"data\":\"hi\",\"offset\":1}");
      socket.close();
    }
  }

  @Test
  void the_connections_of_a_user_expire_on_both_nodes() {
    List<RawWebSocket> both = onBoth(false);
    apis.get(1).result("refresh", order(",\"expired\":true"));
    both.forEach(socket -> socket.expectClosed(3005));
  }

  @Test
  void both_nodes_tell_what_they_have_to_do() {
    for (Api api : apis) {
      JsonArray nodes = api.result("info", "{}").getJsonArray("nodes");
      assertThat(nodes).hasSize(2);
      assertThat(nodes.getJsonObject(0).getString("uid"))
          .isNotEqualTo(nodes.getJsonObject(1).getString("uid"));
      assertThat(nodes.getJsonObject(0).getString("version")).isNotEmpty();
    }
  }

  @Test
  void what_is_removed_can_be_recovered_on_neither_node() {
    String here = "{\"channel\":\"" + room + "\",\"data\":1}";
    try (Client one = Client.connect(port(0), "/rooms/" + room, "stentor.cursor");
        Client two = Client.connect(port(1), "/rooms/" + room, "stentor.cursor")) {
      one.next();
      two.next();
      JsonObject first = apis.get(0).result("publish", here);
      apis.get(1).result("publish", here);
      one.next(2);
      two.next(2);
      String since = "?since=" + first.getString("epoch") + ":1";
      assertThat(recovered(0, since)).isTrue();
      assertThat(recovered(1, since)).isTrue();
      apis.get(1).result("history_remove", "{\"channel\":\"" + room + "\"}");
      assertThat(recovered(0, since)).isFalse();
      assertThat(recovered(1, since)).isFalse();
      assertThat(apis.get(0).result("publish", here).getLong("offset")).isEqualTo(3);
    }
  }

  private boolean recovered(int index, String since) {
    String path = "/rooms/" + room + since;
    try (Client client = Client.connect(port(index), path, "stentor.cursor")) {
      return new JsonObject(client.next()).getBoolean("recovered");
    }
  }

  @Test
  void broadcasts_by_both_nodes_have_one_order_in_each_room() {
    String rooms = "[\"" + room + ":a\",\"" + room + ":b\"]";
    for (int i = 0; i < 40; i++) {
      apis.get(i % 2).result("broadcast", "{\"channels\":" + rooms + ",\"data\":" + i + "}");
    }
    for (String suffix : List.of(":a", ":b")) {
      String asked = "{\"channel\":\"" + room + suffix + "\",\"limit\":-1}";
      JsonArray publications = apis.get(0).result("history", asked).getJsonArray("publications");
      assertThat(publications).hasSize(40);
      for (int i = 0; i < 40; i++) {
        assertThat(publications.getJsonObject(i).getInteger("data")).isEqualTo(i);
      }
    }
  }

  @Test
  void rooms_of_both_nodes_are_found() {
    try (Client one = Client.connect(port(0), "/rooms/" + room + "?name=ann");
        Client two = Client.connect(port(1), "/rooms/" + room + "?name=bob")) {
      JsonObject expected = new JsonObject().put(room, new JsonObject().put("num_clients", 2));
      String pattern = "{\"pattern\":\"" + room + "*\"}";
      for (Api api : apis) {
        await()
            .atMost(SOON)
            .until(
                () -> api.result("channels", pattern).getJsonObject("channels").equals(expected));
      }
      assertThat(one.isClosed() || two.isClosed()).isFalse();
    }
  }
}
