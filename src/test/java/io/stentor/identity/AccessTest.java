package io.stentor.identity;

import static io.stentor.support.Guarded.KEY;
import static io.stentor.support.Guarded.as;
import static io.stentor.support.Guarded.bearer;
import static io.stentor.support.Guarded.token;
import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.support.EventClient;
import io.stentor.support.Guarded;
import io.stentor.support.RawHttp;
import io.stentor.support.RawHttp.Answer;
import io.stentor.support.RawWebSocket;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who may do what, the same on every plain transport, on raw sockets. */
class AccessTest {
  private static Guarded node;

  @BeforeAll
  static void start() {
    node = new Guarded(new JsonObject());
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  @ParameterizedTest
  @CsvSource({
    // room, who, WebSocket, events, messages, members, publish
    "open,     anonymous, 101, 200, 200, 200, 201",
    "users,    anonymous, 401, 401, 401, 401, 401",
    "users,    ann,       101, 200, 200, 200, 201",
    "users,    server,    101, 200, 200, 200, 201",
    "team:1,   anonymous, 401, 401, 401, 401, 401",
    "team:1,   ann,       403, 403, 403, 403, 403",
    "team:1,   member,    101, 200, 200, 200, 201",
    "team:2,   member,    403, 403, 403, 403, 403",
    "team:1,   server,    101, 200, 200, 200, 201",
    "quotes,   anonymous, 101, 200, 200, 200, 401",
    "quotes,   ann,       101, 200, 200, 200, 403",
    "quotes,   server,    101, 200, 200, 200, 201",
    "reports,  anonymous, 401, 401, 401, 401, 201",
    "reports,  ann,       403, 403, 403, 403, 201",
    "reports,  server,    101, 200, 200, 200, 201",
    "live,     anonymous, 101, 200, 401, 200, 201",
    "live,     ann,       101, 200, 403, 200, 201",
    "live,     server,    101, 200, 200, 200, 201",
    "discreet, anonymous, 101, 200, 200, 401, 201",
    "discreet, ann,       101, 200, 200, 200, 201",
  })
  void every_transport_asks_the_same_rules(
      String room, String who, int socket, int events, int messages, int members, int publish) {
    String path = "/rooms/" + room;
    assertThat(node.upgrade(path, as(who)).status()).isEqualTo(socket);
    assertThat(node.head(path + "/events", as(who)).status()).isEqualTo(events);
    assertThat(node.get(path + "/messages", as(who)).status()).isEqualTo(messages);
    assertThat(node.get(path + "/members", as(who)).status()).isEqualTo(members);
    assertThat(node.publish(room, "x", as(who)).status()).isEqualTo(publish);
    assertThat(node.head(path + "/events?members=true", as(who)).status())
        .isEqualTo(events == 200 ? members : events);
    JsonObject message = new JsonObject().put("room", room).put("text", "x");
    String batch = new JsonObject().put("messages", new JsonArray().add(message)).encode();
    Answer results = node.post("/messages", "application/json", batch, as(who));
    assertThat(results.body()).contains("\"status\":" + publish);
  }

  @Test
  void the_list_of_rooms_shows_only_those_that_one_may_listen_in() {
    node.publish("team:1", "x", as("server"));
    node.publish("reports", "x", as("server"));
    assertThat(node.get("/rooms", as("anonymous")).body()).doesNotContain("team:1", "reports");
    assertThat(node.get("/rooms", as("member")).body())
        .contains("team:1")
        .doesNotContain("reports");
    assertThat(node.get("/rooms", as("server")).body()).contains("team:1", "reports");
  }

  @Test
  void a_401_says_how_to_come_in_and_a_403_who_may() {
    Answer unknown = node.get("/rooms/users/messages");
    assertThat(unknown.header("www-authenticate")).isEqualTo("Bearer");
    assertThat(unknown.header("content-type")).isEqualTo("application/problem+json");
    assertThat(unknown.body()).contains("Only authenticated clients may");
    Answer forbidden = node.upgrade("/rooms/team:1", as("ann"));
    assertThat(forbidden.header("www-authenticate")).isEmpty();
    assertThat(forbidden.body())
        .contains("Only clients whose token names this room may subscribe in it.");
  }

  @Test
  void a_token_that_is_no_good_is_refused_even_where_none_is_needed() {
    String forged = Signer.secret("HS256", "guessed").sign(new JsonObject().put("sub", "ann"));
    String expired = token(new JsonObject().put("sub", "ann").put("exp", 1));
    String subscription = token(new JsonObject().put("sub", "ann").put("channel", "open"));
    for (String bad : List.of(forged, expired, subscription, "a.b.c", "nonsense")) {
      for (Answer answer :
          List.of(
              node.upgrade("/rooms/open", bearer(bad)),
              node.upgrade("/rooms/open?token=" + bad),
              node.upgrade("/?token=" + bad),
              node.get("/rooms/open/events?token=" + bad),
              node.get("/rooms/open/messages", bearer(bad)),
              node.get("/rooms", bearer(bad)),
              node.publish("open", "x", bearer(bad)))) {
        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.header("www-authenticate")).contains("invalid_token");
        assertThat(answer.body()).doesNotContain(bad.equals("nonsense") ? "nonsens" : bad);
      }
    }
    assertThat(node.get("/rooms/open/messages", "X-API-Key: unknown").status()).isEqualTo(401);
    assertThat(node.get("/rooms?token=" + KEY).status()).as("keys in queries").isEqualTo(401);
  }

  @Test
  void a_token_counts_in_the_query_too_but_only_one_proof_is_taken() {
    String token = token("ann", "team:1");
    assertThat(node.upgrade("/rooms/team:1?token=" + token).status()).isEqualTo(101);
    assertThat(node.head("/rooms/team:1/events?token=" + token).status()).isEqualTo(200);
    assertThat(node.upgrade("/rooms/team:1?token=" + token, bearer(token)).status()).isEqualTo(400);
    assertThat(node.get("/rooms", bearer(KEY)).status()).isEqualTo(200);
    assertThat(node.get("/rooms", bearer(KEY), "X-API-Key: " + KEY).status()).isEqualTo(400);
    assertThat(node.get("/rooms", "Authorization: Basic YTpi").status()).isEqualTo(200);
  }

  @Test
  void whose_token_says_a_name_has_that_name_and_no_other() {
    String ann = bearer(token("ann"));
    assertThat(node.publish("names", "by token", ann).status()).isEqualTo(201);
    assertThat(node.get("/rooms/names/messages").body()).contains("\"from\":\"ann\"", "by token");
    String other = "/rooms/names/messages?name=bob";
    assertThat(node.post(other, "text/plain", "x", ann).status()).isEqualTo(400);
    assertThat(node.upgrade("/rooms/names?name=bob", ann).status()).isEqualTo(400);
    assertThat(node.get("/rooms/names/events?name=bob", ann).status()).isEqualTo(400);
    assertThat(node.upgrade("/rooms/names?name=ann", ann).status()).isEqualTo(101);
    try (RawWebSocket ws = node.connect("/rooms/names", ann)) {
      ws.sendText("by socket");
      assertThat(ws.nextFrame().text()).isEqualTo("by socket");
      assertThat(node.get("/rooms/names/members").body()).contains("\"ann\"");
    }
    assertThat(node.get("/rooms/names/messages").body()).containsPattern("by socket.*\"ann\"");
  }

  @Test
  void who_may_not_publish_is_closed_and_nobody_hears_it() {
    try (RawWebSocket listener = node.connect("/rooms/quotes");
        RawWebSocket intruder = node.connect("/rooms/quotes", as("ann"))) {
      intruder.sendText("forged price");
      assertThat(intruder.expectClosed(3507)).startsWith("permission denied");
      node.publish("quotes", "true price", as("server"));
      assertThat(listener.nextFrame().text()).isEqualTo("true price");
    }
    assertThat(node.get("/rooms/quotes/messages").body()).doesNotContain("forged");
  }

  @Test
  void what_one_may_not_hear_is_never_sent_to_it() {
    String bob = bearer(token("bob", "team:2"));
    try (RawWebSocket two = node.connect("/rooms/team:2", bob);
        RawHttp refused = new RawHttp(node.port())) {
      String upgrade = String.join("\r\n", RawWebSocket.upgrade("/rooms/team:1", bob));
      assertThat(refused.send(upgrade + "\r\n\r\n").answer().status()).isEqualTo(403);
      node.publish("team:1", "only for one", as("member"));
      node.publish("team:2", "for two", bob);
      assertThat(two.nextFrame().text()).isEqualTo("for two");
      // What comes next on the refused connection is the answer to the next request.
      String next = Guarded.request("GET /rooms/none/messages", "");
      assertThat(refused.send(next).answer().body()).contains("\"messages\":[]");
    }
  }

  @Test
  void who_may_not_read_history_joins_at_the_end_whatever_it_asks_for() {
    node.publish("live", "old", as("server"));
    String since = position(node.get("/rooms/live/messages", as("server")).body());
    String before = since.replaceFirst(":.*", ":0");
    assertThat(node.upgrade("/rooms/live?last=5").status()).isEqualTo(401);
    assertThat(node.get("/rooms/live/events?last=5", as("ann")).status()).isEqualTo(403);
    try (EventClient events =
            EventClient.connect(node.port(), "/rooms/live/events?since=" + before);
        RawWebSocket cursor =
            node.connect("/rooms/live?since=" + before, "Sec-WebSocket-Protocol: stentor.cursor")) {
      assertThat(events.next().data()).contains("\"recovered\":false");
      assertThat(cursor.nextFrame().text()).contains("\"recovered\":false");
      node.publish("live", "new");
      events.expectMessages("new");
      assertThat(cursor.nextFrame().text()).endsWith("\nnew");
    }
  }

  private static String position(String answer) {
    JsonObject json = new JsonObject(answer);
    return json.getString("epoch") + ":" + json.getLong("offset");
  }
}
