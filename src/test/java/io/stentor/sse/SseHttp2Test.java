package io.stentor.sse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stentor.support.Client;
import io.stentor.support.EventParser.Event;
import io.stentor.support.Http2Events;
import io.stentor.support.NodeInProcess;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Event streams over HTTP/2 in clear text, with a client of Vert.x. */
class SseHttp2Test {
  /** How many messages are published while a stream is not read. */
  private static final int SENT = 60;

  private static NodeInProcess node;

  @BeforeAll
  static void start() throws IOException {
    JsonObject noPings = new JsonObject().put("pingIntervalSeconds", 0);
    node =
        NodeInProcess.start(
            new JsonObject().put("rooms", NumberedEvents.rooms(100_000)).put("webSocket", noPings));
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  private static Client chat(String room) {
    return Client.connect(node.port(), "/rooms/" + room);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void messages_come_as_over_http_1_and_a_client_resumes(boolean upgrade) {
    String path = "/rooms/h2-" + upgrade + "/events";
    try (Http2Events http = new Http2Events(node.port(), upgrade);
        Client chat = chat("h2-" + upgrade)) {
      Http2Events.Stream stream = http.open(path);
      assertThat(stream.response().version()).isEqualTo(HttpVersion.HTTP_2);
      assertThat(stream.response().getHeader("content-type")).isEqualTo("text/event-stream");
      assertThat(stream.response().getHeader("connection")).isNull();
      assertThat(stream.response().getHeader("transfer-encoding")).isNull();
      Event joined = stream.next();
      assertThat(joined.type()).isEqualTo("position");
      chat.publish("one").publish("two");
      Event one = stream.next();
      String at = joined.lastEventId().replace(":0", ":1");
      assertThat(one).isEqualTo(new Event("message", "one", at));
      assertThat(stream.next().data()).isEqualTo("two");

      Http2Events.Stream second = http.open(path, Map.of("Last-Event-ID", at), true);
      assertThat(second.next().data())
          .startsWith("{\"position\":\"" + at + "\",\"recovered\":true,\"connection\":\"");
      assertThat(second.next().data()).isEqualTo("two");
      chat.publish("three");
      assertThat(stream.next().data()).isEqualTo("three");
      assertThat(second.next().data()).isEqualTo("three");
      stream.cancel();
      chat.publish("four");
      assertThat(second.next().data()).isEqualTo("four");
    }
  }

  @Test
  void a_burst_larger_than_every_window_comes_whole_and_once() {
    try (Http2Events http = new Http2Events(node.port(), false);
        Client chat = chat("burst2")) {
      List<Http2Events.Stream> streams = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        streams.add(http.open("/rooms/burst2/events"));
        assertThat(streams.get(i).next().type()).isEqualTo("position");
      }
      String text = "x".repeat(1000);
      for (int i = 0; i < 500; i++) {
        chat.publish(i + text);
      }
      for (Http2Events.Stream stream : streams) {
        for (int i = 0; i < 500; i++) {
          assertThat(stream.next().data()).isEqualTo(i + text);
        }
      }
    }
  }

  /** Publishes more than waits for anybody while the stream is not read, then a last message. */
  private static Http2Events.Stream notRead(Http2Events http, String room) {
    Http2Events.Stream stream = http.open("/rooms/" + room + "/events", Map.of(), false);
    try (Client chat = chat(room)) {
      for (int i = 0; i < SENT; i++) {
        String text = NumberedEvents.text(i, 10_000);
        chat.publish(text).expect(text);
      }
    }
    return stream;
  }

  @Test
  void who_does_not_read_is_told_3008_behind_what_was_under_way_and_resumes_from_there() {
    try (Http2Events http = new Http2Events(node.port(), false)) {
      Http2Events.Stream slow = notRead(http, "disconnect");
      // Another stream on the same connection is not held up by it.
      Http2Events.Stream other = http.open("/rooms/other/events");
      assertThat(other.next().type()).isEqualTo("position");
      slow.resume();
      assertThat(slow.next().type()).isEqualTo("position");
      NumberedEvents numbers = new NumberedEvents(slow::next);
      Event close = numbers.expectMessages();
      assertThat(close.type()).isEqualTo("close");
      assertThat(close.data()).isEqualTo("{\"code\":3008,\"reason\":\"slow\"}");
      assertThat(numbers.next()).isBetween(1, SENT - 20);
      await().until(slow::isEnded);
      Http2Events.Stream again =
          http.open("/rooms/disconnect/events", Map.of("Last-Event-ID", numbers.lastId()), true);
      assertThat(again.next().data()).contains("\"recovered\":true");
      numbers.continuedBy(again::next).expectMessages(SENT);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"skip", "latest"})
  void who_does_not_read_where_messages_may_be_skipped_is_told_how_many_were(String room) {
    try (Http2Events http = new Http2Events(node.port(), false)) {
      Http2Events.Stream slow = notRead(http, room);
      slow.resume();
      assertThat(slow.next().type()).isEqualTo("position");
      assertThat(new NumberedEvents(slow::next).expectMessagesOrSkips(SENT)).isPositive();
    }
  }
}
