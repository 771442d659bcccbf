package io.stentor.sse;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.support.EventClient;
import io.stentor.support.RawHttp;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which requests begin an event stream, and what becomes of the others on its connection. */
class SseRequestsTest extends SseSetting {
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
  void where_presence_is_off_nobody_can_watch() {
    String detail = "presence is off";
    assertRefused(404, "presence-off", detail, "unseen/events?members=true");
    try (EventClient events = events("unseen/events?name=Ann")) {
      events.joined();
    }
  }
}
