package io.stentor.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.NodeInProcess;
import io.stentor.support.Client;
import io.stentor.support.EventClient;
import io.stentor.support.EventParser.Event;
import io.stentor.support.RawHttp;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Event streams on real sockets over HTTP/1: notices when Vert.x changes inside. */
class SseEndpointTest {
  private static NodeInProcess node;

  @BeforeAll
  static void start() throws IOException {
    JsonObject none = new JsonObject().put("history", new JsonObject().put("messages", 0));
    JsonArray rooms = new JsonArray().add(none.put("match", "none"));
    node = NodeInProcess.start(new JsonObject().put("rooms", rooms));
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
    try (EventClient events = events("newer/events?since=" + old, "Last-Event-ID:")) {
      events.expect("position", "{\"position\":\"" + old + "\",\"recovered\":true}");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a%20b/events|a room name has letters, digits and ._-:@#~+ only, not U+0020",
        "a/events?since=x|a position is epoch:offset as the server gave it, for example 1a2b3c:42",
        "a/events?last=-1|last is a number of messages, 0 or more",
        "a/events?since=1:1&last=1|since and last exclude each other: give one of them",
      })
  void a_bad_request_is_told_what_is_wrong(String path, String detail) {
    RawHttp.Answer answer = RawHttp.get(node.port(), "/rooms/" + path);
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.header("content-type")).isEqualTo("application/problem+json");
    assertThat(new JsonObject(answer.body()).getString("detail")).isEqualTo(detail);
  }

  @Test
  void a_bad_last_event_id_is_refused_so_that_a_browser_does_not_ask_for_ever() {
    RawHttp.Answer answer =
        RawHttp.exchange(
            node.port(), "GET /rooms/a/events HTTP/1.1", "Host: localhost", "Last-Event-ID: 42");
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.body()).contains("a position is epoch:offset");
  }

  @Test
  void head_gets_the_head_alone_and_the_connection_goes_on() {
    try (RawHttp http = new RawHttp(node.port())) {
      for (int i = 0; i < 2; i++) {
        http.send("HEAD /rooms/a/events HTTP/1.1\r\nHost: localhost\r\n\r\n");
        http.send("GET /rooms/a/events?last=x HTTP/1.1\r\nHost: localhost\r\n\r\n");
        RawHttp.Answer head = http.headOnly();
        assertThat(head.status()).isEqualTo(200);
        assertThat(head.header("content-type")).isEqualTo("text/event-stream");
        assertThat(http.answer().status()).isEqualTo(400);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST", "PUT", "DELETE"})
  void other_methods_are_refused(String method) {
    RawHttp.Answer answer =
        RawHttp.exchange(
            node.port(), method + " /rooms/a/events HTTP/1.1", "Host: x", "Content-Length: 0");
    assertThat(answer.status()).isEqualTo(405);
    assertThat(answer.header("allow")).isEqualTo("GET, HEAD");
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

  /** What was answered before is large enough to wait in the socket. */
  @Test
  void a_stream_behind_other_requests_begins_when_these_are_answered() {
    String page = EventClient.request("/js/connection.js");
    int length =
        RawHttp.get(node.port(), "/js/connection.js").header("content-length").isEmpty() ? 0 : 1;
    assertThat(length).isEqualTo(1);
    String requests = page.repeat(300) + EventClient.request("/rooms/behind/events");
    try (RawHttp http = new RawHttp(node.port())) {
      http.send(requests);
      publish("behind", "before");
      String body = RawHttp.get(node.port(), "/js/connection.js").body();
      for (int i = 0; i < 300; i++) {
        assertThat(http.answer().body()).isEqualTo(body);
      }
      assertThat(http.headOnly().header("content-type")).isEqualTo("text/event-stream");
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
