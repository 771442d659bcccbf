package io.stentor.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.NodeInProcess;
import io.stentor.identity.ApiKeys;
import io.stentor.support.Client;
import io.stentor.support.EventClient;
import io.stentor.support.EventParser.Event;
import io.stentor.support.RawHttp;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Event streams on real sockets over HTTP/1: notices when Vert.x changes inside. */
class SseEndpointTest {
  private static final String KEY = "a key of a server";
  private static NodeInProcess node;

  @BeforeAll
  static void start() throws IOException {
    JsonObject none = new JsonObject().put("history", new JsonObject().put("messages", 0));
    JsonObject closed = new JsonObject().put("match", "closed").put("subscribe", "server");
    JsonObject unseen = new JsonObject().put("match", "unseen").put("presence", false);
    JsonArray rooms = new JsonArray().add(none.put("match", "none")).add(closed).add(unseen);
    JsonObject key = new JsonObject().put("name", "test").put("sha256", ApiKeys.hash(KEY));
    JsonObject identity = new JsonObject().put("apiKeys", new JsonArray().add(key));
    node = NodeInProcess.start(new JsonObject().put("rooms", rooms).put("identity", identity));
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  private static EventClient events(String pathAndQuery, String... more) {
    return EventClient.connect(node.port(), "/rooms/" + pathAndQuery, more);
  }

  private static Client chat(String room) {
    return Client.connect(node.port(), "/rooms/" + room);
  }

  /** Publishes and waits until it is in the log. */
  private static void publish(String room, String... texts) {
    try (Client client = chat(room)) {
      for (String text : texts) {
        client.publish(text).expect(text);
      }
    }
  }

  @Test
  void the_head_keeps_caches_and_proxies_from_holding_events_back() {
    try (EventClient events = events("head/events")) {
      assertThat(events.statusLine()).isEqualTo("HTTP/1.1 200 OK");
      assertThat(events.header("cache-control")).isEqualTo("no-store");
      assertThat(events.header("x-accel-buffering")).isEqualTo("no");
      assertThat(events.header("x-content-type-options")).isEqualTo("nosniff");
      assertThat(events.header("transfer-encoding")).isEqualTo("chunked");
      assertThat(events.header("connection")).isEqualTo("close");
    }
  }

  @Test
  void messages_come_behind_the_position_each_with_its_own() {
    try (EventClient events = events("some/events")) {
      String joined = events.joined();
      assertThat(joined).endsWith(":0");
      assertThat(events.parser().retryMillis()).isBetween(1000, 3000);
      publish("some", "one", "two\nlines", "");
      String epoch = joined.substring(0, joined.length() - 1);
      assertThat(events.next()).isEqualTo(new Event("message", "one", epoch + "1"));
      assertThat(events.next()).isEqualTo(new Event("message", "two\nlines", epoch + "2"));
      assertThat(events.next()).isEqualTo(new Event("message", "", epoch + "3"));
    }
  }

  @Test
  void a_room_without_a_log_gives_no_positions_and_says_at_a_resume_that_messages_may_be_lost() {
    try (EventClient events = events("none/events")) {
      assertThat(events.joined()).isEqualTo("0:0");
      publish("none", "a");
      assertThat(events.next()).isEqualTo(new Event("message", "a", "0:0"));
    }
    try (EventClient events = events("none/events", "Last-Event-ID: 0:0")) {
      events.expect("position", "{\"position\":\"0:0\",\"recovered\":false}");
    }
  }

  @Test
  void a_client_of_http_1_0_gets_the_events_without_chunks() {
    String request =
        "GET /rooms/old/events HTTP/1.0\r\nHost: localhost\r\nConnection: keep-alive\r\n\r\n";
    try (EventClient events = EventClient.raw(node.port(), request).readHead()) {
      assertThat(events.statusLine()).isEqualTo("HTTP/1.0 200 OK");
      assertThat(events.header("connection")).isEqualTo("close");
      assertThat(events.header("transfer-encoding")).isEmpty();
      events.joined();
      publish("old", "one", "two");
      events.expectMessages("one", "two");
    }
  }

  @Test
  void the_last_of_a_room_and_everything_since_a_position_can_be_asked_for() {
    publish("begin", "1", "2", "3", "4");
    try (EventClient last = events("begin/events?last=2")) {
      String at = last.joined();
      assertThat(at).endsWith(":2");
      last.expectMessages("3", "4");
      String first = at.replace(":2", ":1");
      try (EventClient since = events("begin/events?since=" + first)) {
        since.expect("position", "{\"position\":\"" + first + "\",\"recovered\":true}");
        since.expectMessages("2", "3", "4");
      }
      try (EventClient lost = events("begin/events?since=1:1")) {
        Event told = lost.next();
        assertThat(new JsonObject(told.data()).getBoolean("recovered")).isFalse();
        assertThat(told.lastEventId()).endsWith(":4");
      }
    }
  }

  /** A browser asks again for the address that it was given, with a newer id in the header. */
  @Test
  void the_last_event_id_wins_over_the_query() {
    publish("newer", "1", "2", "3", "4");
    String newest;
    try (EventClient events = events("newer/events?last=1")) {
      newest = events.next().lastEventId();
    }
    String old = newest.replace(":3", ":1");
    String header = "Last-Event-ID: " + newest;
    for (String query : new String[] {"", "?since=" + old, "?last=3"}) {
      try (EventClient events = events("newer/events" + query, header)) {
        events.expect("position", "{\"position\":\"" + newest + "\",\"recovered\":true}");
        events.expectMessages("4");
      }
    }
  }

  private static void assertRefused(
      int status, String type, String detail, String pathAndQuery, String... more) {
    List<String> lines = new ArrayList<>();
    lines.add("GET /rooms/" + pathAndQuery + " HTTP/1.1");
    lines.add("Host: localhost");
    lines.addAll(List.of(more));
    RawHttp.Answer answer = RawHttp.exchange(node.port(), lines.toArray(String[]::new));
    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.header("content-type")).isEqualTo("application/problem+json");
    JsonObject problem = new JsonObject(answer.body());
    assertThat(problem.getString("type")).isEqualTo("urn:stentor:problem:" + type);
    assertThat(problem.getString("detail")).contains(detail);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a%20b/events|invalid-room|letters, digits and ._-:@#~+ only",
        "a/events?since=x|invalid-position|a position is epoch:offset",
        "a/events?last=-1|bad-request|last",
        "a/events?since=1:1&last=1|bad-request|since and last exclude each other",
        "a/events?name=|bad-request|name",
        "a/events?members=perhaps|bad-request|members",
      })
  void a_bad_request_is_told_what_is_wrong(String path, String type, String detail) {
    assertRefused(400, type, detail, path);
  }

  @Test
  void a_bad_last_event_id_is_refused_so_that_a_browser_does_not_ask_for_ever() {
    String detail = "a position is epoch:offset";
    assertRefused(400, "invalid-position", detail, "a/events", "Last-Event-ID: 42");
  }

  @Test
  void only_who_may_listen_gets_a_stream() {
    assertRefused(401, "unauthorized", "Only servers with an API key", "closed/events");
    String wrong = "Authorization: Bearer wrong";
    assertRefused(401, "unauthorized", "not known here", "closed/events", wrong);
    String right = "Authorization: Bearer " + KEY;
    try (EventClient events = events("closed/events", right)) {
      assertThat(events.joined()).endsWith(":0");
    }
  }

  @Test
  void who_watches_is_told_who_is_there_and_who_comes_and_goes() {
    try (EventClient watcher = events("seen/events?name=Ann&members=true")) {
      watcher.joined();
      JsonObject ann = new JsonObject(watcher.skipTo("members").data());
      assertThat(ann.getJsonArray("members").getJsonObject(0).getString("user")).isEqualTo("Ann");
      JsonObject bob;
      try (EventClient other = events("seen/events?name=Bob")) {
        other.joined();
        bob = new JsonObject(watcher.skipTo("join").data());
        assertThat(bob.getString("user")).isEqualTo("Bob");
      }
      JsonObject left = new JsonObject(watcher.next().data());
      assertThat(left).isEqualTo(bob);
    }
  }

  @Test
  void where_presence_is_off_nobody_can_watch() {
    String detail = "presence is off";
    assertRefused(404, "presence-off", detail, "unseen/events?members=true");
    try (EventClient events = events("unseen/events?name=Ann")) {
      events.joined();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST", "PUT", "DELETE"})
  void other_methods_are_refused(String method) {
    try (RawHttp http = new RawHttp(node.port())) {
      String head = " /rooms/a/events HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n";
      RawHttp.Answer answer = http.send(method + head).headOnly();
      assertThat(answer.status()).isEqualTo(405);
      assertThat(answer.header("allow")).isEqualTo("GET, HEAD");
    }
  }

  /** The stream has the connection for itself until its end, as {@code Connection: close} says. */
  @Test
  void requests_behind_a_stream_are_not_answered_and_do_not_harm_it() {
    String stream = EventClient.request("/rooms/piped/events");
    String more = EventClient.request("/");
    try (EventClient events = EventClient.raw(node.port(), stream + more + more).readHead()) {
      events.joined();
      for (int i = 0; i < 20; i++) {
        events.send(more.repeat(500));
        publish("piped", "t" + i);
        events.expectMessages("t" + i);
      }
    }
  }

  /** Some of what was answered before still waits for the socket when the stream begins. */
  @Test
  void a_stream_behind_other_requests_begins_when_these_are_taken() {
    int pages = 1500;
    String requests =
        EventClient.request("/js/chat.js").repeat(pages)
            + EventClient.request("/rooms/behind/events");
    try (EventClient client = EventClient.rawSlow(node.port(), requests);
        EventClient watcher = events("behind/events?members=true")) {
      for (int i = 0; i < pages; i++) {
        assertThat(client.skipAnswer().statusLine()).isEqualTo("HTTP/1.1 200 OK");
      }
      watcher.skipTo("join");
      publish("behind", "one");
      client.readHead().joined();
      client.expectMessages("one");
    }
  }

  @Test
  void a_request_with_a_body_is_answered_all_the_same() {
    String request =
        "GET /rooms/body/events HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n";
    try (EventClient events = EventClient.raw(node.port(), request).readHead()) {
      events.joined();
      events.send("x".repeat(100_000));
      publish("body", "one");
      events.expectMessages("one");
    }
  }

  @Test
  void a_burst_comes_whole_and_once() {
    int count = 400;
    String text = "x".repeat(1000);
    try (EventClient events = events("burst/events");
        Client publisher = chat("burst")) {
      events.joined();
      for (int round = 0; round < 3; round++) {
        for (int i = 0; i < count; i++) {
          publisher.publish(i + text);
        }
        for (int i = 0; i < count; i++) {
          assertThat(publisher.next()).isEqualTo(i + text);
          assertThat(events.next().data()).isEqualTo(i + text);
        }
      }
    }
  }

  @Test
  void at_the_servers_end_a_client_is_told_why_and_when_to_come_back() throws IOException {
    EventClient events;
    try (NodeInProcess leaving = NodeInProcess.start(new JsonObject())) {
      events = EventClient.connect(leaving.port(), "/rooms/a/events");
      events.joined();
    }
    events.expect("close", "{\"code\":3001,\"reason\":\"shutdown\"}");
    assertThat(events.parser().retryMillis()).isBetween(1000, 6000);
    events.expectEnd();
  }
}
