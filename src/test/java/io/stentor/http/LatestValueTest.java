package io.stentor.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.identity.ApiKeys;
import io.stentor.support.Api;
import io.stentor.support.Client;
import io.stentor.support.EventClient;
import io.stentor.support.EventParser.Event;
import io.stentor.support.HttpRoom;
import io.stentor.support.NodeInProcess;
import io.stentor.support.RawWebSocket;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What each transport brings of a room in which a new subscriber gets the newest message first. */
class LatestValueTest {
  private static final String KEY = ApiKeys.generate();
  private static final String CURSOR = "stentor.cursor";
  private static NodeInProcess node;
  private static Api api;

  private final String name = "latest:" + UUID.randomUUID();
  private final String path = "/rooms/" + name;
  private final HttpRoom room = HttpRoom.at(node.port(), name);
  private String epoch;

  @BeforeAll
  static void start() throws IOException {
    node =
        NodeInProcess.start(
            new JsonObject(
                """
                {"identity": {"apiKeys": [{"name": "shop", "sha256": "%s"}]},
                 "rooms": [
                   {"match": "latest:closed*", "readHistory": "server", "history": {"onJoin": "latest"}},
                   {"match": "latest:*", "history": {"messages": 2, "onJoin": "latest"}}
                 ]}
                """
                    .formatted(ApiKeys.hash(KEY))));
    api = Api.at(node.port(), KEY);
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  @BeforeEach
  void publish_three_texts_of_which_two_are_kept() {
    publish(name, "1", "2", "3");
    epoch = room.read("").json().getString("epoch");
  }

  /** The next control line, without the ID of the connection that the first one has. */
  private static String controlLine(Client client) {
    return client.next().replaceFirst(",\"connection\":\"[0-9a-f-]{36}\"}$", "}");
  }

  private static void publish(String room, String... texts) {
    for (String text : texts) {
      assertThat(HttpRoom.at(node.port(), room).publish(text).status()).isEqualTo(201);
    }
  }

  @Test
  void a_plain_websocket_gets_the_newest_message_and_then_the_following_ones() {
    try (Client plain = Client.connect(node.port(), path);
        Client cursor = Client.connect(node.port(), path, CURSOR)) {
      assertThat(plain.next()).isEqualTo("3");
      assertThat(controlLine(cursor)).isEqualTo("{\"position\":\"" + epoch + ":2\"}");
      assertThat(cursor.next()).isEqualTo(epoch + ":3\n3");
      publish(name, "4");
      assertThat(plain.next()).isEqualTo("4");
      assertThat(cursor.next()).isEqualTo(epoch + ":4\n4");
    }
  }

  @Test
  void what_a_websocket_asks_for_wins() {
    try (Client none = Client.connect(node.port(), path + "?last=0", CURSOR);
        Client two = Client.connect(node.port(), path + "?last=2", CURSOR);
        Client since = Client.connect(node.port(), path + "?since=" + epoch + ":1", CURSOR)) {
      assertThat(controlLine(none)).isEqualTo("{\"position\":\"" + epoch + ":3\"}");
      assertThat(controlLine(two)).isEqualTo("{\"position\":\"" + epoch + ":1\"}");
      assertThat(two.next()).isEqualTo(epoch + ":2\n2");
      assertThat(controlLine(since))
          .isEqualTo("{\"position\":\"" + epoch + ":1\",\"recovered\":true}");
      assertThat(since.next()).isEqualTo(epoch + ":2\n2");
    }
  }

  @Test
  void a_websocket_that_cannot_continue_is_told_so_and_gets_the_newest_message() {
    try (Client old = Client.connect(node.port(), path + "?since=" + epoch + ":0", CURSOR);
        Client other = Client.connect(node.port(), path + "?since=zzzz:3", CURSOR)) {
      for (Client client : new Client[] {old, other}) {
        assertThat(controlLine(client))
            .isEqualTo("{\"position\":\"" + epoch + ":2\",\"recovered\":false}");
        assertThat(client.next()).isEqualTo(epoch + ":3\n3");
      }
    }
    try (Client plain = Client.connect(node.port(), path + "?since=" + epoch + ":0")) {
      plain.expectClosed(3010);
    }
  }

  @Test
  void an_event_stream_gets_the_newest_message_unless_it_continues() {
    String events = path + "/events";
    try (EventClient joined = EventClient.connect(node.port(), events);
        EventClient back =
            EventClient.connect(node.port(), events, "Last-Event-ID: " + epoch + ":1");
        EventClient lost =
            EventClient.connect(node.port(), events, "Last-Event-ID: " + epoch + ":0")) {
      assertThat(joined.joined()).isEqualTo(epoch + ":2");
      assertThat(joined.expect("message", "3").lastEventId()).isEqualTo(epoch + ":3");
      back.joined();
      back.expectMessages("2", "3");
      Event told = lost.next();
      assertThat(new JsonObject(told.data()).getBoolean("recovered")).isFalse();
      lost.expectMessages("3");
      publish(name, "4");
      joined.expectMessages("4");
      lost.expectMessages("4");
    }
  }

  @Test
  void a_poll_reads_as_in_every_room() {
    assertThat(room.read("").contents()).containsExactly("2", "3");
    assertThat(room.read("?limit=1&wait=10").contents()).containsExactly("3");
    HttpRoom.Answer lost = room.read("?limit=1&wait=10&since=" + epoch + ":0");
    assertThat(lost.json().getBoolean("recovered")).isFalse();
    assertThat(lost.contents()).containsExactly("3");
    CompletableFuture<HttpRoom.Answer> waiting = room.readLater("?wait=10&since=" + epoch + ":3");
    publish(name, "4");
    assertThat(waiting.join().contents()).containsExactly("4");
  }

  @Test
  void who_may_not_read_past_messages_gets_only_new_ones() {
    String closed = "latest:closed-" + UUID.randomUUID();
    String key = "X-API-Key: " + KEY;
    publish(closed, "1");
    String events = "/rooms/" + closed + "/events";
    try (EventClient server = EventClient.connect(node.port(), events, key);
        EventClient joined = EventClient.connect(node.port(), events);
        EventClient back = EventClient.connect(node.port(), events + "?since=zzzz:3")) {
      server.joined();
      server.expectMessages("1");
      joined.joined();
      assertThat(new JsonObject(back.next().data()).getBoolean("recovered")).isFalse();
      publish(closed, "2");
      joined.expectMessages("2");
      back.expectMessages("2");
    }
  }

  @Test
  void a_client_that_only_receives_gets_the_newest_message_with_its_rooms() {
    try (RawWebSocket client = RawWebSocket.connect(node.port(), "/connection/uni_websocket")) {
      client.sendText("{\"subs\":{\"" + name + "\":{}}}");
      assertThat(new JsonObject(client.nextFrame().text()).getJsonObject("connect").toString())
          .contains("\"publications\":[{\"data\":\"3\",\"offset\":3}],\"recovered\":true");
      publish(name, "4");
      assertThat(client.nextFrame().text()).contains("\"data\":\"4\",\"offset\":4");
    }
  }

  @Test
  void a_client_that_a_server_subscribes_is_pushed_the_newest_message() {
    try (RawWebSocket client = connect("ann")) {
      api.result("subscribe", "{\"user\":\"ann\",\"channel\":\"" + name + "\"}");
      JsonObject push = new JsonObject(client.nextFrame().text()).getJsonObject("push");
      assertThat(push.getJsonObject("subscribe").getLong("offset")).isEqualTo(2);
      assertThat(client.nextFrame().text()).contains("\"pub\":{\"data\":\"3\",\"offset\":3}");
    }
  }

  @Test
  void with_a_filter_the_newest_message_that_matches_comes_first() {
    room.publishLater("?tag.colour=red", "text/plain", "4".getBytes(StandardCharsets.UTF_8)).join();
    publish(name, "5");
    String red = "\"tf\":{\"key\":\"colour\",\"cmp\":\"eq\",\"val\":\"red\"}";
    try (Client plain = Client.connect(node.port(), path + "?filter=colour==red");
        EventClient events = EventClient.connect(node.port(), path + "/events?filter=colour==red");
        RawWebSocket client = connect("bob")) {
      assertThat(plain.next()).isEqualTo("4");
      assertThat(events.joined()).isEqualTo(epoch + ":3");
      events.expectMessages("4");
      assertThat(subscribe(client, 2, red))
          .contains("\"data\":\"4\",\"offset\":4", "\"recovered\":true,\"positioned\":true")
          .doesNotContain("\"5\"");
      assertThat(subscribe(client, 3, red.replace("red", "blue")))
          .contains("\"offset\":5", "\"was_recovering\":true")
          .doesNotContain("\"recovered\"", "publications");
      String atEnd = "\"recover\":true,\"offset\":5,\"epoch\":\"%s\"," + red;
      assertThat(subscribe(client, 4, atEnd))
          .contains("\"recovered\":true,\"offset\":5")
          .doesNotContain("publications");
    }
  }

  @Test
  void a_log_whose_messages_were_removed_is_recovered_only_from_its_end() {
    api.result("history_remove", "{\"channel\":\"" + name + "\"}");
    try (RawWebSocket client = connect("bob")) {
      String none = subscribe(client, 2, "");
      assertThat(none)
          .contains("\"offset\":3", "\"was_recovering\":true")
          .doesNotContain("\"recovered\"", "publications");
      String behind = subscribe(client, 3, "\"recover\":true,\"offset\":2,\"epoch\":\"%s\"");
      assertThat(behind).contains("\"offset\":3").doesNotContain("\"recovered\"", "publications");
      String atEnd = subscribe(client, 4, "\"recover\":true,\"offset\":3,\"epoch\":\"%s\"");
      assertThat(atEnd).contains("\"recovered\":true,\"offset\":3").doesNotContain("publications");
    }
    try (Client plain = Client.connect(node.port(), path, CURSOR)) {
      assertThat(controlLine(plain)).isEqualTo("{\"position\":\"" + epoch + ":3\"}");
    }
  }

  private static RawWebSocket connect(String user) {
    RawWebSocket client = RawWebSocket.connect(node.port(), "/connection/websocket?name=" + user);
    client.sendText("{\"id\":1,\"connect\":{}}");
    assertThat(client.nextFrame().text()).startsWith("{\"id\":1,\"connect\":");
    return client;
  }

  /** Subscribes and unsubscribes; returns what the first reply said. */
  private String subscribe(RawWebSocket client, int id, String more) {
    String fields = more.isEmpty() ? "" : "," + more.formatted(epoch);
    client.sendText("{\"id\":%d,\"subscribe\":{\"channel\":\"%s\"%s}}".formatted(id, name, fields));
    String reply = client.nextFrame().text();
    client.sendText("{\"id\":%d,\"unsubscribe\":{\"channel\":\"%s\"}}".formatted(id + 100, name));
    assertThat(client.nextFrame().text()).contains("\"unsubscribe\":{}");
    return reply;
  }
}
