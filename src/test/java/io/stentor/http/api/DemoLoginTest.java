package io.stentor.http.api;

import static io.stentor.support.Guarded.bearer;
import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.support.EventClient;
import io.stentor.support.Guarded;
import io.stentor.support.LineStream;
import io.stentor.support.RawHttp.Answer;
import io.stentor.support.RawWebSocket;
import io.vertx.core.json.JsonObject;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The demo login: there by its option only, and good for what any user may, on raw sockets. */
class DemoLoginTest {
  private static final String PATH = "/demo/login";
  private static final String DENIED = "{\"id\":2,\"error\":{\"code\":103,";
  private static Guarded node;
  private static String token;

  @BeforeAll
  static void start() {
    node = new Guarded(new JsonObject().put("demoLogin", true).put("anonymous", false));
    token = new JsonObject(login(node, "{\"name\":\"ann\"}").body()).getString("token");
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  private static Answer login(Guarded node, String body) {
    return node.post(PATH, "application/json", body);
  }

  @Test
  void is_off_until_its_option_is_on_and_says_which_to_anybody() {
    try (Guarded off = new Guarded(new JsonObject())) {
      assertThat(login(off, "{\"name\":\"ann\"}").status()).isEqualTo(404);
      assertThat(off.get(PATH).body()).isEqualTo("{\"offered\":false}");
    }
    Answer answer = node.get(PATH);
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("cache-control")).isEqualTo("no-store");
    assertThat(answer.body()).isEqualTo("{\"offered\":true}");
  }

  @Test
  void anybody_is_told_whether_tokens_and_the_demo_login_are_accepted_and_nothing_else() {
    JsonObject noKeys = new JsonObject().put("hmacSecret", "");
    try (Guarded tokens = new Guarded(new JsonObject());
        Guarded none = new Guarded(new JsonObject().put("tokens", noKeys))) {
      assertThat(tokens.get("/login").body()).isEqualTo("{\"tokens\":true,\"demo\":false}");
      assertThat(none.get("/login").body()).isEqualTo("{\"tokens\":false,\"demo\":false}");
    }
    Answer answer = node.get("/login");
    assertThat(answer.header("cache-control")).isEqualTo("no-store");
    assertThat(answer.body()).isEqualTo("{\"tokens\":true,\"demo\":true}");
  }

  @ParameterizedTest
  @CsvSource({
    // room, whether its token may publish, read past messages, see the members
    "users,    true,  true,  true",
    "quotes,   false, true,  true",
    "live,     true,  false, true",
    "discreet, true,  true,  true"
  })
  void a_room_tells_whoever_asks_what_they_may_do_in_it(
      String room, boolean publish, boolean history, boolean presence) {
    JsonObject permissions =
        new JsonObject(node.get("/rooms/" + room, bearer(token)).body())
            .getJsonObject("permissions");
    assertThat(permissions.getBoolean("publish")).isEqualTo(publish);
    assertThat(permissions.getBoolean("history")).isEqualTo(history);
    assertThat(permissions.getBoolean("presence")).isEqualTo(presence);
  }

  @Test
  void gives_a_token_that_says_a_name_and_when_it_ends_and_nothing_else() {
    Answer answer = login(node, "{\"name\":\"你\"}");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("cache-control")).isEqualTo("no-store");
    JsonObject given = new JsonObject(answer.body());
    assertThat(given.getString("name")).isEqualTo("你");
    assertThat(given.getInteger("expiresInSeconds")).isEqualTo(600);
    byte[] payload = Base64.getUrlDecoder().decode(given.getString("token").split("\\.")[1]);
    JsonObject claims = new JsonObject(new String(payload, StandardCharsets.UTF_8));
    assertThat(claims.fieldNames()).containsExactlyInAnyOrder("sub", "exp", "iat");
    assertThat(claims.getString("sub")).isEqualTo("你");
    assertThat(claims.getLong("exp") - System.currentTimeMillis() / 1000).isBetween(570L, 600L);
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"name\":\"\"}", "{\"name\":7}", "{}", "[]", "x"})
  void refuses_what_is_no_name(String bad) {
    assertThat(login(node, bad).status()).isEqualTo(400);
  }

  @Test
  void refuses_a_name_that_does_not_end() {
    assertThat(login(node, "{\"name\":\"" + "x".repeat(5000) + "\"}").status()).isEqualTo(413);
  }

  @Test
  void its_token_is_good_on_every_transport() {
    assertThat(node.upgrade("/rooms/users", bearer(token)).status()).isEqualTo(101);
    assertThat(node.upgrade("/rooms/users?token=" + token).status()).isEqualTo(101);
    assertThat(node.head("/rooms/users/events?token=" + token).status()).isEqualTo(200);
    assertThat(node.publish("users", "hello", bearer(token)).status()).isEqualTo(201);
    assertThat(node.get("/rooms/users/messages", bearer(token)).body())
        .contains("hello", "\"from\":\"ann\"");
    assertThat(node.get("/rooms/users/members", bearer(token)).status()).isEqualTo(200);
    String connect = "{\"id\":1,\"connect\":{\"token\":\"" + token + "\"}}";
    String query = "?cf_connect=" + URLEncoder.encode(connect, StandardCharsets.UTF_8);
    try (RawWebSocket ws = RawWebSocket.connect(node.port(), "/connection/websocket");
        LineStream lines = LineStream.post(node.port(), "/connection/http_stream", connect);
        EventClient events = EventClient.connect(node.port(), "/connection/sse" + query)) {
      ws.sendText(connect);
      for (String answer : List.of(ws.nextFrame().text(), lines.next(), events.next().data())) {
        assertThat(answer).startsWith("{\"id\":1,\"connect\":{").contains("\"expires\":true");
      }
      ws.sendText("{\"id\":2,\"subscribe\":{\"channel\":\"users\"}}");
      assertThat(ws.nextFrame().text()).startsWith("{\"id\":2,\"subscribe\":");
    }
  }

  @ParameterizedTest
  @CsvSource({
    // room, listen, publish
    "open,    200, 201",
    "users,   200, 201",
    "team:1,  403, 403",
    "quotes,  200, 403",
    "reports, 403, 201",
  })
  void its_token_may_do_what_any_user_may_and_no_more(String room, int listen, int publish) {
    assertThat(node.get("/rooms/" + room + "/messages", bearer(token)).status()).isEqualTo(listen);
    assertThat(node.publish(room, "x", bearer(token)).status()).isEqualTo(publish);
    try (RawWebSocket ws = RawWebSocket.connect(node.port(), "/connection/websocket")) {
      ws.sendText("{\"id\":1,\"connect\":{\"token\":\"" + token + "\"}}");
      ws.nextFrame();
      ws.sendText("{\"id\":2,\"subscribe\":{\"channel\":\"" + room + "\"}}");
      String answer = ws.nextFrame().text();
      assertThat(answer).startsWith(listen == 200 ? "{\"id\":2,\"subscribe\":" : DENIED);
    }
  }

  @Test
  void its_token_is_no_key_of_a_server() {
    for (String method : List.of("publish", "channels", "info", "disconnect")) {
      Answer answer = node.post("/api/" + method, "application/json", "{}", bearer(token));
      assertThat(answer.status()).as(method).isEqualTo(401);
    }
  }
}
