package io.stentor.sse;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.support.Client;
import io.stentor.support.EventClient;
import io.stentor.support.EventParser.Event;
import io.stentor.support.NodeInProcess;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who reads slowly, who comes back: no gap and no repeat, or it is said. */
class SseDeliveryTest {
  private static final int BIG = 300;
  private static NodeInProcess node;

  @BeforeAll
  static void start() throws IOException {
    JsonObject history = new JsonObject().put("messages", 100_000).put("bytes", 64_000_000);
    JsonObject defaults = new JsonObject().put("history", history);
    node =
        NodeInProcess.start(
            new JsonObject()
                .put("rooms", NumberedEvents.rooms(500_000))
                .put("roomDefaults", defaults));
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  private static Client chat(String room) {
    return Client.connect(node.port(), "/rooms/" + room);
  }

  /** Publishes more than sockets and tail hold while the stream is not read. */
  private static EventClient notRead(String room) {
    EventClient stream = EventClient.connectSlow(node.port(), "/rooms/" + room + "/events");
    stream.joined();
    try (Client chat = chat(room)) {
      for (int i = 0; i < BIG; i++) {
        String text = NumberedEvents.text(i, 40_000);
        chat.publish(text).expect(text);
      }
    }
    return stream;
  }

  private static JsonObject pings(int seconds) {
    return new JsonObject().put("pingIntervalSeconds", seconds).put("pongTimeoutSeconds", 1);
  }

  /** A peer whose network is gone looks the same from here: it takes nothing. */
  @Test
  void who_takes_nothing_for_the_time_that_a_pong_may_take_is_cut_and_has_left()
      throws IOException {
    JsonObject latest = new JsonObject().put("slowConsumer", "latest");
    JsonObject options = new JsonObject().put("roomDefaults", latest).put("webSocket", pings(1));
    try (NodeInProcess strict = NodeInProcess.start(options);
        EventClient watcher =
            EventClient.connect(strict.port(), "/rooms/a/events?members=true&name=Ann")) {
      assertThat(watcher.skipTo("members").data()).contains("Ann");
      try (EventClient stuck =
          EventClient.connectSlow(strict.port(), "/rooms/a/events?name=Stuck")) {
        stuck.joined();
        assertThat(watcher.skipTo("join").data()).contains("Stuck");
        boolean hasLeft = false;
        try (Client chat = Client.connect(strict.port(), "/rooms/a")) {
          for (int i = 0; i < BIG; i++) {
            String text = NumberedEvents.text(i, 40_000);
            chat.publish(text).expect(text);
            Event event = watcher.next();
            while (!event.type().equals("message")) {
              hasLeft |= isLeaveOfStuck(event);
              event = watcher.next();
            }
            assertThat(event.data()).isEqualTo(text);
          }
        }
        while (!hasLeft) {
          hasLeft = isLeaveOfStuck(watcher.skipTo("leave"));
        }
      }
    }
  }

  private static boolean isLeaveOfStuck(Event event) {
    return event.type().equals("leave") && event.data().contains("Stuck");
  }

  @Test
  void who_does_not_read_is_told_3008_behind_what_was_under_way_and_resumes_from_there() {
    try (EventClient slow = notRead("disconnect")) {
      NumberedEvents numbers = new NumberedEvents(slow::next);
      Event close = numbers.expectMessages();
      assertThat(close.type()).isEqualTo("close");
      assertThat(close.data()).isEqualTo("{\"code\":3008,\"reason\":\"slow\"}");
      assertThat(numbers.next()).isBetween(1, BIG - 10);
      slow.expectEnd();
      String header = "Last-Event-ID: " + numbers.lastId();
      try (EventClient again =
          EventClient.connect(node.port(), "/rooms/disconnect/events", header)) {
        assertThat(again.next().data()).contains("\"recovered\":true");
        numbers.continuedBy(again::next).expectMessages(BIG);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"skip", "latest"})
  void who_does_not_read_where_messages_may_be_skipped_is_told_how_many_were(String room) {
    try (EventClient slow = notRead(room)) {
      assertThat(new NumberedEvents(slow::next).expectMessagesOrSkips(BIG)).isPositive();
    }
  }

  /** Cuts at any event, and comes back with the id of that, while messages pour in. */
  @Test
  void a_client_that_is_cut_again_and_again_misses_nothing_and_hears_nothing_twice() {
    int count = 20_000;
    long seed = System.nanoTime();
    Random random = new Random(seed);
    CompletableFuture<Void> published = CompletableFuture.runAsync(() -> publish("pour", count));
    String id = "";
    int next = 0;
    int cuts = 0;
    while (next < count) {
      String[] header = id.isEmpty() ? new String[0] : new String[] {"Last-Event-ID: " + id};
      String query = id.isEmpty() ? "?last=100000" : "";
      try (EventClient events =
          EventClient.connect(node.port(), "/rooms/pour/events" + query, header)) {
        Event first = events.next();
        assertThat(first.type()).as("seed %s", seed).isEqualTo("position");
        assertThat(first.data()).doesNotContain("false");
        id = first.lastEventId();
        for (int left = random.nextInt(600); left > 0 && next < count; left--) {
          Event event = events.next();
          assertThat(event.data()).as("seed %s", seed).isEqualTo("m" + next++);
          id = event.lastEventId();
        }
      }
      cuts++;
    }
    assertThat(cuts).isGreaterThan(20);
    published.orTimeout(30, TimeUnit.SECONDS).join();
  }

  private static void publish(String room, int count) {
    try (Client chat = chat(room)) {
      for (int i = 0; i < count; i++) {
        chat.publish("m" + i);
      }
      chat.skipTo("m" + (count - 1));
    }
  }
}
