package io.stentor.http.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stentor.support.HttpRoom;
import io.stentor.support.HttpRoom.Answer;
import io.stentor.support.RawHttp;
import io.stentor.support.TestEndpoints;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What long polls leave behind, and how they end with their server. */
class LongPollTest {
  private static final Duration SOON = Duration.ofSeconds(20);

  private final TestEndpoints endpoints = new TestEndpoints(new JsonObject());
  private final HttpRoom room = HttpRoom.at(endpoints.port(), "tea");

  @AfterEach
  void stop() {
    endpoints.close();
  }

  private void awaitWaiting(int count) {
    await().atMost(SOON).until(() -> endpoints.onLoop(endpoints.get()::waitingPolls) == count);
  }

  @Test
  void a_client_that_goes_away_leaves_nothing_behind() {
    try (RawHttp http = new RawHttp(endpoints.port())) {
      http.send("GET /rooms/tea/messages?wait=60 HTTP/1.1\r\nHost: x\r\n\r\n");
      awaitWaiting(1);
    }
    awaitWaiting(0);
    assertThat(room.publish("to nobody").status()).isEqualTo(201);
  }

  @Test
  void an_answered_poll_is_forgotten() {
    String start = room.read("").position();
    CompletableFuture<Answer> waiting = room.readLater("?wait=60&since=" + start);
    awaitWaiting(1);
    room.publish("one");
    assertThat(waiting.join().contents()).containsExactly("one");
    awaitWaiting(0);
  }

  @Test
  void polls_are_answered_at_once_when_the_server_stops() {
    String start = room.publish("one").position();
    CompletableFuture<Answer> waiting = room.readLater("?wait=60&since=" + start);
    awaitWaiting(1);
    endpoints.onLoop(
        () -> {
          endpoints.get().closeAll();
          return true;
        });
    assertThat(waiting.orTimeout(10, java.util.concurrent.TimeUnit.SECONDS).join().position())
        .isEqualTo(start);
    assertThat(room.read("?wait=60&since=" + start).contents()).isEmpty();
  }
}
