package io.stentor.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.support.Client;
import io.stentor.support.EventClient;
import io.stentor.support.HttpRoom;
import io.stentor.support.HttpRoom.Answer;
import io.stentor.support.LineStream;
import io.stentor.support.NodeInProcess;
import io.stentor.support.RawWebSocket;
import io.stentor.support.Scrape;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Filters and excluded connections on each transport of a whole node. */
class FilterOnEveryTransportTest {
  private static final String CURSOR = "stentor.cursor";
  private static final String ACME = "filter=symbol==ACME;price=gt=100";

  /** The same for the Centrifuge protocol. */
  private static final String TF =
      "\"tf\":{\"op\":\"and\",\"nodes\":[{\"key\":\"price\",\"cmp\":\"gt\",\"val\":\"100\"},"
          + "{\"key\":\"symbol\",\"cmp\":\"eq\",\"val\":\"ACME\"}]}";

  private static NodeInProcess node;

  private final String name = "filter-" + UUID.randomUUID();
  private final String path = "/rooms/" + name;
  private final HttpRoom room = HttpRoom.at(node.port(), name);
  private String epoch;

  @BeforeAll
  static void start() throws IOException {
    node =
        NodeInProcess.start(
            new JsonObject().put("limits", new JsonObject().put("filtersPerRoom", 2)));
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  @BeforeEach
  void publish_a_message_that_does_not_match() {
    publish("0", "");
    epoch = room.read("").json().getString("epoch");
  }

  private void publish(String text, String query) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    assertThat(room.publishLater(query, "text/plain", bytes).join().status()).isEqualTo(201);
  }

  private void publish(String text, String symbol, int price) {
    publish(text, "?tag.symbol=" + symbol + "&tag.price=" + price);
  }

  /** Four messages, of which the second and the last match. */
  private void publishFour() {
    publish("1", "ACME", 99);
    publish("2", "ACME", 101);
    publish("3", "OTHER", 102);
    publish("4", "ACME", 103);
  }

  @Test
  void a_websocket_gets_what_matches_live_and_recovered() {
    String since = path + "?since=" + epoch + ":1&" + ACME;
    try (Client plain = Client.connect(node.port(), path + "?" + ACME);
        Client cursor = Client.connect(node.port(), since, CURSOR)) {
      assertThat(cursor.next()).startsWith("{\"position\":\"" + epoch + ":1\",\"recovered\":true");
      plain.publish("from a socket");
      publishFour();
      plain.expect("2", "4");
      assertThat(cursor.next()).endsWith("\n2");
      String last = cursor.next();
      assertThat(last).endsWith("\n4");
      try (Client again =
          Client.connect(node.port(), path + "?since=" + epoch + ":1&" + ACME, CURSOR)) {
        assertThat(again.next()).contains("recovered\":true");
        assertThat(again.next()).endsWith("\n2");
        assertThat(again.next()).isEqualTo(last);
      }
    }
  }

  @Test
  void the_filter_may_be_json_and_need_not_be_encoded_more_than_that() {
    String json =
        URLEncoder.encode("{" + TF.substring(TF.indexOf('{') + 1), StandardCharsets.UTF_8);
    try (Client client = Client.connect(node.port(), path + "?filter=" + json, CURSOR)) {
      client.next();
      publishFour();
      assertThat(client.next()).endsWith("\n2");
      assertThat(client.next()).endsWith("\n4");
    }
  }

  @Test
  void an_event_stream_gets_what_matches_live_and_recovered() {
    String events = path + "/events?" + ACME;
    try (EventClient live = EventClient.connect(node.port(), events)) {
      live.joined();
      publishFour();
      live.expectMessages("2", "4");
    }
    try (EventClient back =
        EventClient.connect(node.port(), events, "Last-Event-ID: " + epoch + ":1")) {
      back.joined();
      back.expectMessages("2", "4");
    }
  }

  @Test
  void reading_answers_what_matches_and_how_far_it_has_read() {
    publishFour();
    publish("5", "");
    Answer all = room.read("?" + ACME);
    assertThat(all.contents()).containsExactly("2", "4");
    assertThat(all.position()).isEqualTo(epoch + ":6");
    Answer first = room.read("?since=" + epoch + ":1&limit=1&" + ACME);
    assertThat(first.contents()).containsExactly("2");
    assertThat(first.position()).isEqualTo(epoch + ":3");
    assertThat(first.json().getBoolean("more")).isTrue();
    Answer newest = room.read("?limit=1&" + ACME);
    assertThat(newest.contents()).containsExactly("4");
    assertThat(newest.position()).isEqualTo(epoch + ":6");
    assertThat(room.read("?since=" + epoch + ":5&" + ACME).json())
        .isEqualTo(
            new JsonObject()
                .put("epoch", epoch)
                .put("offset", 6)
                .put("recovered", true)
                .put("messages", new JsonArray()));
  }

  @Test
  void a_poll_waits_for_a_match_and_answers_its_position() {
    publishFour();
    String wait = "?wait=30&since=" + epoch + ":";
    assertThat(room.read(wait + "1&" + ACME).position()).isEqualTo(epoch + ":5");
    CompletableFuture<Answer> waiting = room.readLater(wait + "5&" + ACME);
    publish("5", "");
    publish("6", "ACME", 200);
    assertThat(waiting.join().contents()).containsExactly("6");
    assertThat(waiting.join().position()).isEqualTo(epoch + ":7");
  }

  @Test
  void a_poll_that_nothing_matches_answers_how_far_it_has_read() {
    CompletableFuture<Answer> waiting = room.readLater("?wait=1&since=" + epoch + ":1&" + ACME);
    publish("1", "");
    publish("2", "");
    Answer answer = waiting.join();
    assertThat(answer.contents()).isEmpty();
    assertThat(answer.position()).isEqualTo(epoch + ":3");
  }

  @Test
  void a_subscription_gets_what_matches_live_and_recovered() {
    try (RawWebSocket client = RawWebSocket.connect(node.port(), "/connection/websocket")) {
      client.sendText("{\"id\":1,\"connect\":{}}").nextFrame();
      assertThat(subscribe(client, 2, TF)).contains("\"positioned\":true");
      publishFour();
      assertThat(client.nextFrame().text()).contains("\"data\":\"2\"", "\"offset\":3");
      assertThat(client.nextFrame().text()).contains("\"data\":\"4\"", "\"offset\":5");
      client.sendText("{\"id\":3,\"unsubscribe\":{\"channel\":\"" + name + "\"}}").nextFrame();
      String recover = "\"recover\":true,\"offset\":1,\"epoch\":\"" + epoch + "\"," + TF;
      assertThat(subscribe(client, 4, recover))
          .contains("\"recovered\":true", "\"offset\":1", "\"data\":\"2\"", "\"data\":\"4\"")
          .doesNotContain("\"data\":\"1\"", "\"data\":\"3\"");
    }
  }

  private String subscribe(RawWebSocket client, int id, String fields) {
    String command = "{\"id\":%d,\"subscribe\":{\"channel\":\"%s\",%s}}";
    return client.sendText(command.formatted(id, name, fields)).nextFrame().text();
  }

  @Test
  void an_invalid_filter_is_refused_with_one_sentence() {
    for (String query : new String[] {"/events?filter=a", "/messages?filter=a"}) {
      Answer answer = room.get(path + query);
      assertThat(answer.status()).isEqualTo(400);
      assertThat(answer.json().getString("detail")).startsWith("filter: a filter needs one of ==");
      assertThat(answer.json().getString("parameter")).isEqualTo("filter");
    }
    try (RawWebSocket client = RawWebSocket.connect(node.port(), "/connection/websocket")) {
      client.sendText("{\"id\":1,\"connect\":{}}").nextFrame();
      assertThat(subscribe(client, 2, "\"tf\":{\"key\":\"a\",\"cmp\":\"eq\"}"))
          .contains("\"code\":107", "bad request: tf: eq in a filter has one value");
      assertThat(subscribe(client, 3, TF)).contains("\"positioned\":true");
    }
  }

  @Test
  void a_room_has_as_many_different_filters_as_it_may_on_every_transport() {
    double before = hits();
    try (Client one = Client.connect(node.port(), path + "?filter=a==1");
        Client same = Client.connect(node.port(), path + "?filter=a=='1'");
        EventClient two = EventClient.connect(node.port(), path + "/events?filter=a==2");
        RawWebSocket client = RawWebSocket.connect(node.port(), "/connection/websocket")) {
      two.joined();
      Answer events = room.get(path + "/events?filter=a==3");
      assertThat(events.status()).isEqualTo(503);
      assertThat(events.json().getString("limit")).isEqualTo("filtersPerRoom");
      assertThat(events.json().getInteger("allowed")).isEqualTo(2);
      assertThat(room.read("?wait=1&filter=a==3").status()).isEqualTo(503);
      assertThat(room.read("?filter=a==3").status()).as("evaluated once").isEqualTo(200);
      client.sendText("{\"id\":1,\"connect\":{}}").nextFrame();
      assertThat(subscribe(client, 2, TF))
          .contains("\"code\":106", "2 different filters", "\"temporary\":true");
      LineStream only =
          LineStream.post(
              node.port(),
              "/connection/uni_http_stream",
              "{\"subs\":{\"" + name + "\":{" + TF + "}}}");
      only.expectDisconnect(3013);
      only.close();
      publish("1", "?tag.a=1");
      one.expect("1");
      same.expect("1");
    }
    assertThat(hits() - before).isGreaterThanOrEqualTo(4);
  }

  private static double hits() {
    return Scrape.of(node.port()).get("stentor_limits_hit_total{limit=\"filtersPerRoom\"}");
  }

  @Test
  void a_message_that_excludes_a_connection_comes_to_all_others() throws IOException {
    try (Client ann = Client.connect(node.port(), path + "?name=ann");
        Client bob = Client.connect(node.port(), path + "?name=bob");
        EventClient cat = EventClient.connect(node.port(), path + "/events?name=cat");
        RawWebSocket dan = RawWebSocket.connect(node.port(), "/connection/websocket")) {
      cat.joined();
      String connected = dan.sendText("{\"id\":1,\"connect\":{}}").nextFrame().text();
      String client = new JsonObject(connected).getJsonObject("connect").getString("client");
      subscribe(dan, 2, "\"join_leave\":false");
      ann.publish("1").expect("1");
      bob.expect("1");
      cat.expectMessages("1");
      dan.nextFrame();
      publish("not to ann", "?exclude=" + connection("ann"));
      publish("not to cat", "?exclude=" + connection("cat"));
      publish("not to dan", "?exclude=" + client);
      publish("2", "");
      ann.expect("not to cat", "not to dan", "2");
      bob.expect("not to ann", "not to cat", "not to dan", "2");
      cat.expectMessages("not to ann", "not to dan", "2");
      assertThat(dan.nextFrame().text()).contains("not to ann");
      assertThat(dan.nextFrame().text()).contains("not to cat");
      assertThat(dan.nextFrame().text()).contains("\"data\":\"2\"");
      dan.sendText("{\"id\":3,\"unsubscribe\":{\"channel\":\"" + name + "\"}}").nextFrame();
      String recover = "\"recover\":true,\"offset\":2,\"epoch\":\"" + epoch + "\"";
      assertThat(subscribe(dan, 4, recover))
          .contains("not to ann", "not to cat", "\"data\":\"2\"")
          .doesNotContain("not to dan");
    }
  }

  private String connection(String user) {
    JsonArray members = room.get(path + "/members").json().getJsonArray("members");
    return members.stream()
        .map(JsonObject.class::cast)
        .filter(member -> user.equals(member.getString("user")))
        .findFirst()
        .orElseThrow()
        .getString("connection");
  }
}
