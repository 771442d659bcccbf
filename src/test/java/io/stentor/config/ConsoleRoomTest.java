package io.stentor.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stentor.identity.ApiKeys;
import io.stentor.identity.Signer;
import io.stentor.support.Api;
import io.stentor.support.EventClient;
import io.stentor.support.NodeInProcess;
import io.stentor.support.RawHttp;
import io.stentor.support.RawWebSocket;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The room in which the nodes say how they are, on a node where everybody may do everything else:
 * who reads it, and who never does.
 */
class ConsoleRoomTest {
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final String ADMIN = ApiKeys.generate();
  private static final String SHOP = ApiKeys.generate();
  private static final Signer SIGNER = Signer.secret("HS256", "a secret of over thirty-two bytes");
  private static final String PATH = "/rooms/.stentor";
  private static NodeInProcess node;

  @BeforeAll
  static void start() throws IOException {
    node =
        NodeInProcess.start(options(key("shop", SHOP), key("console", ADMIN).put("admin", true)));
    await().atMost(SOON).until(() -> messages(node).size() >= 2);
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  private static JsonObject key(String name, String key) {
    return new JsonObject().put("name", name).put("sha256", ApiKeys.hash(key));
  }

  private static JsonObject options(JsonObject... keys) {
    JsonObject options =
        new JsonObject(
            """
            {"identity": {"insecure": true,
                          "tokens": {"hmacSecret": "a secret of over thirty-two bytes"}},
             "rooms": [{"match": "*", "subscribe": "anyone", "publish": "anyone"}]}
            """);
    options.getJsonObject("identity").put("apiKeys", new JsonArray(List.of(keys)));
    return options;
  }

  private static RawHttp.Answer get(NodeInProcess of, String path, String... headers) {
    String[] lines = new String[headers.length + 3];
    lines[0] = "GET " + path + " HTTP/1.1";
    lines[1] = "Host: localhost";
    lines[2] = "Connection: close";
    System.arraycopy(headers, 0, lines, 3, headers.length);
    return RawHttp.exchange(of.port(), lines);
  }

  private static JsonArray messages(NodeInProcess of) {
    RawHttp.Answer answer = get(of, PATH + "/messages", "X-API-Key: " + ADMIN);
    return answer.status() == 200
        ? new JsonObject(answer.body()).getJsonArray("messages")
        : new JsonArray();
  }

  private static String token(JsonObject claims) {
    return SIGNER.sign(claims);
  }

  private static String anyToken() {
    JsonArray all = new JsonArray().add("*").add(".stentor");
    JsonObject allow =
        new JsonObject().put("subscribe", all).put("publish", all).put("history", all);
    return token(new JsonObject().put("sub", "ann").put("allow", allow));
  }

  @Test
  void an_admin_key_reads_the_figures_on_every_transport_that_takes_a_key() {
    String key = "X-API-Key: " + ADMIN;
    JsonObject figures = messages(node).getJsonObject(0).getJsonObject("data");
    assertThat(figures.getString("state")).isIn("ready", "notReady");
    assertThat(figures.fieldNames())
        .contains(
            "node", "time", "disk", "connections", "delivered", "append", "limits", "heapBytes");
    assertThat(get(node, PATH, key).status()).isEqualTo(200);
    assertThat(get(node, "/rooms", key).body()).contains("\".stentor\"");
    try (EventClient events = EventClient.connect(node.port(), PATH + "/events?last=1", key);
        RawWebSocket socket = RawWebSocket.connect(node.port(), PATH + "?last=1", key)) {
      events.joined();
      assertThat(events.next().data()).contains("\"loopLagMillis\"");
      assertThat(events.next().data()).as("a second later").contains("\"loopLagMillis\"");
      assertThat(socket.nextFrame().text()).contains("\"loopLagMillis\"");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/messages", "/messages?wait=1", "/members", "/events"})
  void nobody_else_reads_it_over_http(String rest) {
    assertThat(get(node, PATH + rest).status()).isEqualTo(401);
    assertThat(get(node, PATH + rest, "X-API-Key: wrong").status()).isEqualTo(401);
    assertThat(get(node, PATH + rest, "X-API-Key: " + SHOP).status()).isEqualTo(403);
    assertThat(get(node, PATH + rest, "Authorization: Bearer " + anyToken()).status())
        .isEqualTo(403);
    assertThat(get(node, "/rooms/%2Estentor" + rest).status()).isEqualTo(401);
  }

  @Test
  void it_stands_in_no_list_of_others() {
    assertThat(get(node, "/rooms").body()).doesNotContain(".stentor");
    assertThat(get(node, "/rooms", "X-API-Key: " + SHOP).body()).doesNotContain(".stentor");
  }

  @Test
  void nobody_else_listens_on_a_plain_socket() {
    for (String header :
        List.of("X-Nothing: 1", "X-API-Key: " + SHOP, "Authorization: Bearer " + anyToken())) {
      RawHttp.Answer answer = RawHttp.exchange(node.port(), RawWebSocket.upgrade(PATH, header));
      assertThat(answer.status()).isIn(401, 403);
    }
  }

  @Test
  void nobody_at_all_publishes_there() {
    String body = "{\"node\":\"forged\"}";
    for (String key : List.of("X-API-Key: " + SHOP, "X-API-Key: " + ADMIN)) {
      String type = "Content-Type: application/json";
      assertThat(Api.post(node.port(), PATH + "/messages", body, key, type).status())
          .isEqualTo(403);
      String batch = "{\"messages\":[{\"room\":\".stentor\",\"text\":\"forged\"}]}";
      assertThat(Api.post(node.port(), "/messages", batch, key, type).body())
          .contains("\"status\":403");
    }
    try (RawWebSocket socket =
        RawWebSocket.connect(node.port(), PATH, "X-API-Key: " + ADMIN).sendText("forged")) {
      socket.expectClosed(3507);
    }
    assertThat(messages(node).encode()).doesNotContain("forged");
  }

  @Test
  void clients_of_the_centrifuge_protocol_do_nothing_there() {
    try (RawWebSocket socket = connected("")) {
      for (String command :
          List.of(
              "\"subscribe\":{\"channel\":\".stentor\"}",
              "\"subscribe\":{\"channel\":\".stentor\",\"recover\":true}",
              "\"publish\":{\"channel\":\".stentor\",\"data\":1}",
              "\"history\":{\"channel\":\".stentor\",\"limit\":5}",
              "\"presence\":{\"channel\":\".stentor\"}",
              "\"presence_stats\":{\"channel\":\".stentor\"}")) {
        socket.sendText("{\"id\":2," + command + "}");
        // 108: it is not known who is there, which nobody is told either.
        assertThat(socket.nextFrame().text())
            .as(command)
            .containsAnyOf("\"error\":{\"code\":103", "\"error\":{\"code\":108");
      }
    }
    try (RawWebSocket socket = connected(anyToken())) {
      socket.sendText("{\"id\":2,\"subscribe\":{\"channel\":\".stentor\"}}");
      assertThat(socket.nextFrame().text()).contains("\"code\":103");
      String own = token(new JsonObject().put("sub", "ann").put("channel", ".stentor"));
      socket.sendText(
          "{\"id\":3,\"subscribe\":{\"channel\":\".stentor\",\"token\":\"" + own + "\"}}");
      assertThat(socket.nextFrame().text()).contains("\"code\":103");
    }
  }

  @Test
  void no_token_puts_its_bearer_there() {
    for (JsonObject claims :
        List.of(
            new JsonObject().put("channels", new JsonArray().add(".stentor")),
            new JsonObject().put("subs", new JsonObject().put(".stentor", new JsonObject())))) {
      try (RawWebSocket socket =
          RawWebSocket.connect(node.port(), "/connection/websocket")
              .sendText("{\"id\":1,\"connect\":{\"token\":\"" + token(claims) + "\"}}")) {
        socket.expectClosed(3500);
      }
    }
    String uni = "/connection/uni_sse?cf_connect=%7B%22subs%22%3A%7B%22.stentor%22%3A%7B%7D%7D%7D";
    try (EventClient events = EventClient.connect(node.port(), uni)) {
      assertThat(events.next().data()).contains("\"connect\"").doesNotContain(".stentor");
    }
  }

  private static RawWebSocket connected(String token) {
    RawWebSocket socket = RawWebSocket.connect(node.port(), "/connection/websocket");
    socket.sendText("{\"id\":1,\"connect\":{\"token\":\"" + token + "\"}}");
    assertThat(socket.nextFrame().text()).contains("\"client\"");
    return socket;
  }

  @Test
  void the_server_api_has_no_such_room_with_any_key() {
    for (String key : List.of(SHOP, ADMIN)) {
      Api api = Api.at(node.port(), key);
      assertThat(api.error("publish", "{\"channel\":\".stentor\",\"data\":1}")).isEqualTo(103);
      assertThat(api.error("history", "{\"channel\":\".stentor\",\"limit\":5}")).isEqualTo(103);
      assertThat(api.error("history_remove", "{\"channel\":\".stentor\"}")).isEqualTo(103);
      assertThat(api.error("presence", "{\"channel\":\".stentor\"}")).isEqualTo(103);
      assertThat(api.error("subscribe", "{\"user\":\"\",\"channel\":\".stentor\"}")).isEqualTo(103);
      assertThat(api.result("channels", "{}").encode()).doesNotContain(".stentor");
      assertThat(
              api.result("broadcast", "{\"channels\":[\".stentor\"],\"data\":1}")
                  .getJsonArray("responses")
                  .encode())
          .contains("103");
    }
  }

  @Test
  void an_admin_key_that_is_added_opens_it_and_none_leaves_it_empty() throws IOException {
    try (NodeInProcess other = NodeInProcess.start(options(key("shop", SHOP)))) {
      assertThat(get(other, PATH + "/messages", "X-API-Key: " + ADMIN).status()).isEqualTo(401);
      assertThat(get(other, PATH + "/messages", "X-API-Key: " + SHOP).status()).isEqualTo(403);
      other.change(options(key("shop", SHOP), key("console", ADMIN).put("admin", true)));
      other.reload();
      await().atMost(SOON).until(() -> messages(other).size() >= 2);
      assertThat(Api.at(other.port(), ADMIN).result("info", "{}").getJsonArray("nodes")).hasSize(1);
      JsonObject first = messages(other).getJsonObject(0).getJsonObject("data");
      assertThat(first.getLong("published")).as("nothing before there was a key").isZero();
    }
  }
}
