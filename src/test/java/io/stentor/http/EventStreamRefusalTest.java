package io.stentor.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.server.PacedDisconnect;
import io.stentor.support.EventClient;
import io.stentor.support.EventParser;
import io.stentor.support.EventParser.Event;
import io.stentor.support.RawHttp;
import io.stentor.support.TestEndpoints;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An {@code EventSource} gives up for good at any status but 200, so it is told to come again. */
class EventStreamRefusalTest {
  private static final String ACCEPT = "Accept: text/event-stream";
  private static final int CLIENTS = 400;

  private static RawHttp.Answer get(int port, String path, String... headers) {
    List<String> lines = new ArrayList<>(List.of("GET " + path + " HTTP/1.1", "Host: localhost"));
    lines.addAll(List.of(headers));
    return RawHttp.exchange(port, lines.toArray(String[]::new));
  }

  /** Asserts that an answer is a stream of one event that is over, and returns when to come. */
  private static int assertComeAgain(RawHttp.Answer answer, Event last) {
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("content-type")).isEqualTo("text/event-stream");
    assertThat(answer.header("cache-control")).isEqualTo("no-store, no-transform");
    EventParser parser = new EventParser().feed(answer.body());
    assertThat(parser.poll()).isEqualTo(last);
    assertThat(parser.poll()).isNull();
    assertThat(parser.comments()).isEqualTo(1);
    return parser.retryMillis();
  }

  private static void refuse(TestEndpoints endpoints) {
    endpoints.onLoop(
        () -> {
          endpoints.get().refuse();
          return true;
        });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/rooms/tea/events|close|{\"code\":3001,\"reason\":\"shutdown\"}",
        "/rooms/tea/events?members=true|close|{\"code\":3001,\"reason\":\"shutdown\"}",
        "/connection/uni_sse?cf_connect={}|message"
            + "|{\"disconnect\":{\"code\":3001,\"reason\":\"shutdown\"}}",
        "/connection/sse?cf_connect={}|message"
            + "|{\"push\":{\"disconnect\":{\"code\":3001,\"reason\":\"shutdown\"}}}",
      })
  void a_node_that_stops_answers_event_streams_so_that_they_come_back(
      String path, String type, String data) {
    try (TestEndpoints endpoints = new TestEndpoints(new JsonObject())) {
      refuse(endpoints);
      String encoded = path.replace("{", "%7B").replace("}", "%7D");
      RawHttp.Answer answer = get(endpoints.port(), encoded, "Origin: https://a.example", ACCEPT);
      assertThat(assertComeAgain(answer, new Event(type, data, ""))).isBetween(1000, 6000);
      assertThat(answer.header("access-control-allow-origin")).isEqualTo("https://a.example");
      assertThat(answer.header("connection")).isEqualTo("close");
      RawHttp.Answer other = get(endpoints.port(), "/rooms/tea/messages");
      assertThat(other.status()).isEqualTo(503);
    }
  }

  @Test
  void who_asks_a_node_that_stops_comes_back_when_its_last_client_has_left() {
    List<EventClient> clients = new ArrayList<>();
    try (TestEndpoints endpoints = new TestEndpoints(new JsonObject())) {
      for (int i = 0; i < CLIENTS; i++) {
        clients.add(EventClient.connect(endpoints.port(), "/rooms/tea/events"));
      }
      Promise<Void> hurry = Promise.promise();
      endpoints.onLoop(
          () -> {
            endpoints.get().refuse();
            return endpoints.get().disconnectClients(3600, hurry.future());
          });
      RawHttp.Answer answer = get(endpoints.port(), "/rooms/tea/events");
      Event close = new Event("close", "{\"code\":3001,\"reason\":\"shutdown\"}", "");
      int leavingMillis = 1000 * CLIENTS / PacedDisconnect.LEAST_A_SECOND;
      assertThat(assertComeAgain(answer, close))
          .isBetween(leavingMillis / 2 + 1000, leavingMillis + 6000);
      hurry.complete();
    } finally {
      clients.forEach(EventClient::close);
    }
  }

  @Test
  void pages_of_origins_that_may_not_come_are_not_let_in_by_it() {
    JsonObject http = new JsonObject().put("allowedOrigins", List.of("https://good.example"));
    try (TestEndpoints endpoints = new TestEndpoints(new JsonObject().put("http", http))) {
      refuse(endpoints);
      RawHttp.Answer answer =
          get(endpoints.port(), "/rooms/tea/events", "Origin: https://bad.example", ACCEPT);
      assertThat(answer.header("access-control-allow-origin")).isEmpty();
    }
  }

  @Test
  void what_is_final_keeps_its_status() {
    JsonObject identity = new JsonObject().put("anonymous", false);
    try (TestEndpoints endpoints = new TestEndpoints(new JsonObject().put("identity", identity))) {
      int port = endpoints.port();
      assertThat(get(port, "/rooms/tea/events", ACCEPT).status()).isEqualTo(401);
      assertThat(get(port, "/rooms/a%20b/events", ACCEPT).status()).isIn(400, 401);
    }
  }
}
