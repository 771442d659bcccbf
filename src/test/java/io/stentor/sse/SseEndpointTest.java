package io.stentor.sse;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.support.Client;
import io.stentor.support.EventClient;
import io.stentor.support.EventParser.Event;
import io.stentor.support.NodeInProcess;
import io.stentor.support.RawHttp;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What comes on an event stream, and from where on. */
class SseEndpointTest extends SseSetting {
  @Test
  void the_head_keeps_caches_and_proxies_from_holding_events_back() {
    try (EventClient events = events("head/events")) {
      assertThat(events.statusLine()).isEqualTo("HTTP/1.1 200 OK");
      assertThat(events.header("cache-control")).isEqualTo("no-store, no-transform");
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

  /** Polyfills cannot set headers, or only after a question of the browser's. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "lastEventId",
        "lastEventID",
        "Last-Event-ID",
        "last-event-id",
        "last_event_id",
        "evs_last_event_id"
      })
  void the_last_event_id_may_be_in_the_query(String name) {
    String room = "polyfill-" + name;
    publish(room, "1", "2", "3", "4");
    String newest;
    try (EventClient events = events(room + "/events?last=1")) {
      newest = events.next().lastEventId();
    }
    String old = newest.replace(":3", ":1");
    String query = "?" + name + "=" + newest.replace(":", "%3A");
    for (String more : new String[] {"", "&since=" + old, "&last=3"}) {
      try (EventClient events = events(room + "/events" + query + more)) {
        events.expect("position", "{\"position\":\"" + newest + "\",\"recovered\":true}");
        events.expectMessages("4");
      }
    }
    String header = "Last-Event-ID: " + newest;
    try (EventClient events = events(room + "/events?" + name + "=" + old, header)) {
      events.joined();
      events.expectMessages("4");
    }
    try (EventClient events = events(room + "/events?last=1&" + name + "=")) {
      events.joined();
      events.expectMessages("4");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"lastEventId", "last_event_id"})
  void a_last_event_id_in_the_query_that_is_no_position_is_refused(String name) {
    RawHttp.Answer answer = RawHttp.get(node.port(), "/rooms/a/events?" + name + "=42");
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.body())
        .contains("invalid-position", "42", "a position is epoch:offset", "lastEventId");
  }

  /** Some clients report every blank line as an event. */
  @Test
  void the_first_blank_line_ends_the_first_event() {
    for (String path :
        new String[] {
          "/rooms/bare/events",
          "/rooms/bare/events?members=true",
          "/connection/sse?cf_connect=%7B%22id%22:1,%22connect%22:%7B%7D%7D",
          "/connection/uni_sse?cf_connect=%7B%7D"
        }) {
      try (EventClient events = EventClient.connect(node.port(), path)) {
        events.next();
        assertThat(events.parser().retryMillis()).isBetween(1000, 3000);
        assertThat(events.parser().blankLinesWithoutData()).isZero();
      }
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
