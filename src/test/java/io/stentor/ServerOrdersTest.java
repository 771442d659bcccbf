package io.stentor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stentor.identity.ApiKeys;
import io.stentor.identity.Signer;
import io.stentor.support.Api;
import io.stentor.support.Client;
import io.stentor.support.EventClient;
import io.stentor.support.HttpRoom;
import io.stentor.support.RawWebSocket;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What servers do to connections through {@code POST /api/<method>} on one node. */
class ServerOrdersTest {
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final String KEY = ApiKeys.generate();
  private static final Signer SIGNER = Signer.secret("HS256", "a secret of over thirty-two bytes");
  private static NodeInProcess node;
  private static Api api;

  private final String room = "orders:" + UUID.randomUUID();
  private final String user = "u-" + UUID.randomUUID();

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

  private static String token(JsonObject claims) {
    return SIGNER.sign(claims);
  }

  private String token() {
    return token(new JsonObject().put("sub", user));
  }

  /** A client of the Centrifuge protocol as this user, and its name. */
  private record Connected(RawWebSocket socket, String id) implements AutoCloseable {
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

  private Connected connect(String token) {
    RawWebSocket socket = RawWebSocket.connect(node.port(), "/connection/websocket");
    String shown = token.isEmpty() ? "" : "\"token\":\"" + token + "\"";
    socket.sendText("{\"id\":1,\"connect\":{" + shown + "}}");
    JsonObject reply = new JsonObject(socket.nextFrame().text());
    return new Connected(socket, reply.getJsonObject("connect").getString("client"));
  }

  private Connected subscribed() {
    Connected client = connect(token());
    client.send("{\"id\":2,\"subscribe\":{\"channel\":\"" + room + "\"}}");
    assertThat(client.next()).startsWith("{\"id\":2,\"subscribe\":");
    return client;
  }

  private String order(String more) {
    return "{\"user\":\"" + user + "\"" + (more.isEmpty() ? "" : "," + more) + "}";
  }

  private String inRoom(String more) {
    return order("\"channel\":\"" + room + "\"" + (more.isEmpty() ? "" : "," + more));
  }

  private static void give(String order, String request) {
    assertThat(api.result(order, request)).isEqualTo(new JsonObject());
  }

  private static int connections() {
    return api.result("info", "{}")
        .getJsonArray("nodes")
        .getJsonObject(0)
        .getInteger("num_clients");
  }

  @Test
  void a_user_is_sent_away_on_every_transport_and_nobody_else_is() {
    int before = connections();
    String path = "/rooms/" + room;
    CompletableFuture<HttpRoom.Answer> poll = poll();
    try (Connected centrifuge = connect(token());
        Client plain = Client.connect(node.port(), path + "?token=" + token());
        Client named = Client.connect(node.port(), path + "?name=" + user);
        EventClient events = EventClient.connect(node.port(), path + "/events?token=" + token());
        Client other = Client.connect(node.port(), path + "?name=other")) {
      await().atMost(SOON).until(() -> connections() == before + 6);
      give("disconnect", order(""));
      assertThat(centrifuge.socket.expectClosed(3503)).isEqualTo("force disconnect");
      assertThat(plain.expectClosed(3503).reason()).isEqualTo("force disconnect");
      named.expectClosed(3503);
      assertThat(events.skipTo("close").data()).contains("3503");
      events.expectEnd();
      HttpRoom.Answer answer = poll.join();
      assertThat(answer.status()).isEqualTo(403);
      assertThat(answer.json().getString("detail")).contains("3503 force disconnect");
      assertThat(connections()).isEqualTo(before + 1);
      assertThat(other.isClosed()).isFalse();
    }
  }

  private CompletableFuture<HttpRoom.Answer> poll() {
    HttpRoom polled = HttpRoom.at(node.port(), room);
    String since = polled.read("").position();
    return polled.readLater("?wait=60&since=" + since + "&token=" + token());
  }

  @Test
  void a_long_poll_whose_user_may_come_again_is_answered_with_nothing() {
    int before = connections();
    CompletableFuture<HttpRoom.Answer> poll = poll();
    await().atMost(SOON).until(() -> connections() == before + 1);
    give("disconnect", order("\"disconnect\":{\"code\":3011,\"reason\":\"force reconnect\"}"));
    assertThat(poll.join().contents()).isEmpty();
  }

  @Test
  void some_connections_are_spared_or_meant_alone() {
    try (Connected one = connect(token());
        Connected two = connect(token());
        Connected three = connect(token())) {
      give("disconnect", order("\"client\":\"" + one.id + "\""));
      one.socket.expectClosed(3503);
      give("disconnect", order("\"session\":\"none\""));
      give("disconnect", order("\"client\":\"" + one.id + "\""));
      give("disconnect", order("\"whitelist\":[\"x\",\"" + two.id + "\"]"));
      three.socket.expectClosed(3503);
      two.send("{\"id\":2,\"rpc\":{}}");
      assertThat(two.next()).startsWith("{\"id\":2,\"error\":");
    }
  }

  @Test
  void the_empty_user_is_everybody_without_a_name_and_has_to_be_written() {
    try (Connected ann = connect(token());
        Connected nobody = connect("");
        Client plain = Client.connect(node.port(), "/rooms/" + room)) {
      assertThat(api.error("disconnect", "{}")).isEqualTo(107);
      assertThat(api.error("disconnect", "{\"user\":null}")).isEqualTo(107);
      give("disconnect", "{\"user\":\"\"}");
      nobody.socket.expectClosed(3503);
      plain.expectClosed(3503);
      ann.send("{\"id\":2,\"rpc\":{}}");
      assertThat(ann.next()).startsWith("{\"id\":2,\"error\":");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"code\":2999,\"reason\":\"x\"}",
        "{\"code\":5000,\"reason\":\"x\"}",
        "{\"code\":4000,\"reason\":\"42\"}",
        "{\"code\":4000,\"reason\":\"{}\"}",
        "{\"code\":4000,\"reason\":\"null\"}",
        "{\"code\":9223372036854775807,\"reason\":\"x\"}",
      })
  void a_reason_that_clients_take_for_another_is_refused(String reason) {
    assertThat(api.error("disconnect", order("\"disconnect\":" + reason))).isEqualTo(107);
  }

  @Test
  void a_reason_is_told_as_it_was_given_and_is_never_empty() {
    try (Connected one = connect(token())) {
      give("disconnect", order("\"disconnect\":{\"code\":4501,\"reason\":\"go away\"}"));
      assertThat(one.socket.expectClosed(4501)).isEqualTo("go away");
    }
    try (Connected one = connect(token())) {
      give("disconnect", order("\"disconnect\":{\"code\":4001}"));
      assertThat(one.socket.expectClosed(4001)).isNotEmpty();
    }
    assertThat(
            api.error(
                "disconnect", order("\"disconnect\":{\"reason\":\"" + "x".repeat(124) + "\"}")))
        .isEqualTo(107);
  }

  @Test
  void a_client_is_taken_out_of_a_room_for_good_and_stays_connected() {
    try (Connected one = subscribed()) {
      give("unsubscribe", inRoom(""));
      assertThat(one.next())
          .isEqualTo(
              "{\"push\":{\"channel\":\"%s\",\"unsubscribe\":{\"code\":2000,\"reason\":\"server unsubscribe\"}}}"
                  .formatted(room));
      api.result("publish", "{\"channel\":\"" + room + "\",\"data\":1}");
      give("unsubscribe", inRoom(""));
      one.send("{\"id\":3,\"presence_stats\":{\"channel\":\"" + room + "\"}}");
      assertThat(one.next())
          .isEqualTo("{\"id\":3,\"presence_stats\":{\"num_clients\":0,\"num_users\":0}}");
    }
    assertThat(api.error("unsubscribe", order(""))).isEqualTo(107);
  }

  @Test
  void a_client_is_put_into_a_room_that_it_could_not_enter_by_itself() {
    String closed =
        "{\"user\":\"%s\",\"channel\":\"%s-closed\",\"info\":{\"vip\":true},\"data\":[1]}";
    try (Connected one = connect(token())) {
      give("subscribe", closed.formatted(user, room));
      JsonObject push = new JsonObject(one.next()).getJsonObject("push");
      assertThat(push.getString("channel")).isEqualTo(room + "-closed");
      JsonObject told = push.getJsonObject("subscribe");
      assertThat(told.getBoolean("recoverable") && told.getBoolean("positioned")).isTrue();
      assertThat(told.getString("epoch")).isNotEmpty();
      assertThat(told.getJsonArray("data").getInteger(0)).isEqualTo(1);
      give("subscribe", closed.formatted(user, room));
      api.result("publish", "{\"channel\":\"" + room + "-closed\",\"data\":\"hi\"}");
      assertThat(one.next()).contains("\"pub\":{\"data\":\"hi\",\"offset\":1}");
      JsonObject there =
          api.result("presence", "{\"channel\":\"" + room + "-closed\"}").getJsonObject("presence");
      assertThat(there.getJsonObject(one.id).getJsonObject("chan_info").getBoolean("vip")).isTrue();
      one.send("{\"id\":2,\"unsubscribe\":{\"channel\":\"" + room + "-closed\"}}");
      assertThat(one.next()).isEqualTo("{\"id\":2,\"unsubscribe\":{}}");
    }
  }

  @Test
  void who_is_put_into_a_room_hears_what_followed_the_place_that_was_given() {
    JsonObject first = api.result("publish", "{\"channel\":\"" + room + "\",\"data\":1}");
    api.result("publish", "{\"channel\":\"" + room + "\",\"data\":2}");
    String since =
        "\"recover_since\":{\"offset\":1,\"epoch\":\"" + first.getString("epoch") + "\"}";
    try (Connected one = connect(token())) {
      give("subscribe", inRoom(since));
      JsonObject told = new JsonObject(one.next()).getJsonObject("push").getJsonObject("subscribe");
      assertThat(told.getLong("offset")).isEqualTo(1);
      assertThat(one.next()).contains("\"pub\":{\"data\":2,\"offset\":2}");
    }
    try (Connected one = connect(token())) {
      give("subscribe", inRoom("\"recover_since\":{\"offset\":1,\"epoch\":\"other\"}"));
      JsonObject told = new JsonObject(one.next()).getJsonObject("push").getJsonObject("subscribe");
      assertThat(told.getLong("offset")).as("the end").isEqualTo(2);
    }
  }

  @Test
  void a_client_in_too_many_rooms_is_put_into_no_other() {
    try (Connected one = connect(token())) {
      for (int i = 0; i < 128; i++) {
        one.send("{\"id\":%d,\"subscribe\":{\"channel\":\"%s-%d\"}}".formatted(i + 2, room, i));
        assertThat(one.next()).startsWith("{\"id\":" + (i + 2) + ",\"subscribe\":");
      }
      assertThat(api.error("subscribe", inRoom(""))).isEqualTo(106);
    }
  }

  @Test
  void a_refresh_ends_a_connection_or_changes_what_is_known_of_it() {
    try (Connected one = subscribed();
        Connected other = connect(token())) {
      give("refresh", order("\"client\":\"" + one.id + "\",\"info\":{\"a\":1}"));
      one.send("{\"id\":3,\"publish\":{\"channel\":\"" + room + "\",\"data\":1}}");
      assertThat(one.next() + one.next()).contains("\"conn_info\":{\"a\":1}");
      give("refresh", order("\"expired\":true,\"client\":\"" + one.id + "\""));
      assertThat(one.socket.expectClosed(3005)).isEqualTo("connection expired");
      give("refresh", order("\"expire_at\":1"));
      assertThat(other.socket.expectClosed(3005)).isEqualTo("connection expired");
    }
  }

  @Test
  void a_refresh_lets_a_connection_outlast_its_token() {
    long soon = System.currentTimeMillis() / 1000 + 60;
    try (Connected one = connect(token(new JsonObject().put("sub", user).put("exp", soon)))) {
      give("refresh", order("\"expire_at\":0"));
      one.send("{\"id\":2,\"rpc\":{}}");
      assertThat(one.next()).startsWith("{\"id\":2,\"error\":");
    }
  }
}
