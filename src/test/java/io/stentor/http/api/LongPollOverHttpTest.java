package io.stentor.http.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stentor.support.HttpRoom;
import io.stentor.support.HttpRoom.Answer;
import io.stentor.support.RawHttp;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code GET /rooms/{room}/messages?wait=} of a whole node. */
class LongPollOverHttpTest extends ApiSetting {
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void a_long_poll_is_answered_by_the_first_message(boolean since) {
    String start = room.read("").position();
    CompletableFuture<Answer> waiting =
        room.readLater("?wait=60" + (since ? "&since=" + start : ""));
    await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () -> {
              room.publish("m1");
              return waiting.isDone();
            });
    assertThat(waiting.join().contents()).containsOnly("m1");
    assertThat(waiting.join().json().getBoolean("recovered")).isTrue();
  }

  @Test
  void a_long_poll_does_not_wait_where_there_is_something() {
    String start = room.read("").position();
    publish(1, 3);
    assertThat(room.read("?wait=60&since=" + start).contents()).isEqualTo(numbers(1, 3));
    assertThat(room.read("?wait=60&limit=2&since=" + start).contents()).isEqualTo(numbers(1, 2));
    assertThat(room.read("?wait=60").contents()).isEqualTo(numbers(1, 3));
  }

  @Test
  void a_long_poll_whose_time_is_over_has_nothing_and_stays_where_it_is() {
    String now = publish(1, 1);
    long begun = System.nanoTime();
    Answer answer = room.read("?wait=1&since=" + now);
    assertThat(Duration.ofNanos(System.nanoTime() - begun))
        .isBetween(Duration.ofMillis(990), Duration.ofSeconds(10));
    assertThat(answer.contents()).isEmpty();
    assertThat(answer.position()).isEqualTo(now);
  }

  @Test
  void a_room_without_a_log_can_be_waited_in() {
    HttpRoom nolog = HttpRoom.at(node.port(), "nolog");
    CompletableFuture<Answer> waiting = nolog.readLater("?wait=60");
    await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () -> {
              nolog.publish("hi");
              return waiting.isDone();
            });
    assertThat(waiting.join().contents()).contains("hi");
    assertThat(waiting.join().position()).isEqualTo("0:0");
    assertThat(nolog.read("?since=0:0").json().getBoolean("recovered")).isFalse();
    assertThat(nolog.read("?since=0:0&strict=true").status()).isEqualTo(412);
  }

  @Test
  void a_long_poll_from_when_the_room_had_no_log_is_told_that_it_cannot_continue() {
    publish(1, 3);
    Answer answer = room.read("?wait=60&since=0:0");
    assertThat(answer.contents()).isEqualTo(numbers(1, 3));
    assertThat(answer.json().getBoolean("recovered")).isFalse();
    assertThat(answer.position()).isNotEqualTo("0:0");
    assertThat(room.read("?wait=60&since=0:0&strict=true").status()).isEqualTo(412);
  }

  @Test
  void nothing_is_missed_or_repeated_between_long_polls_while_messages_pour_in() {
    String start = room.read("").position();
    List<CompletableFuture<List<Object>>> readers = new ArrayList<>();
    for (int limit : new int[] {1, 7, 100}) {
      readers.add(CompletableFuture.supplyAsync(() -> readUntil("m400", start, limit)));
    }
    publish(1, 400);
    assertThat(readers).allSatisfy(all -> assertThat(all.join()).isEqualTo(numbers(1, 400)));
  }

  private List<Object> readUntil(String last, String start, int limit) {
    List<Object> all = new ArrayList<>();
    String since = start;
    while (!all.contains(last)) {
      Answer answer = room.read("?wait=30&limit=" + limit + "&since=" + since);
      all.addAll(answer.contents());
      since = answer.position();
      assertThat(all).as("read without an end").hasSizeLessThan(2000);
    }
    return all;
  }

  @Test
  void one_message_wakes_a_thousand_long_polls() {
    String start = publish(1, 1);
    List<CompletableFuture<Answer>> polls = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      polls.add(room.readLater("?wait=60&since=" + start));
    }
    String position = publish(2, 2);
    assertThat(polls).allSatisfy(poll -> assertThat(poll.join().contents()).containsExactly("m2"));
    assertThat(polls).allMatch(poll -> poll.join().position().equals(position));
  }

  @Test
  void requests_in_a_pipeline_are_answered_in_order() {
    String start = publish(1, 1);
    String name = "GET /rooms/" + UUID.randomUUID();
    try (RawHttp http = new RawHttp(node.port())) {
      String end = " HTTP/1.1\r\nHost: x\r\n\r\n";
      http.send(name + "/messages?wait=1" + end + name + "/messages?since=" + start + end);
      assertThat(new JsonObject(http.answer().body()).getBoolean("recovered")).isTrue();
      assertThat(new JsonObject(http.answer().body()).getBoolean("recovered")).isFalse();
    }
  }

  @Test
  void http_2_reads_waits_and_publishes_as_well() {
    HttpRoom other = HttpRoom.overHttp2(node.port(), "h2-" + UUID.randomUUID());
    String start = other.publish("m1").position();
    List<CompletableFuture<Answer>> polls = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      polls.add(other.readLater("?wait=60&since=" + start));
    }
    other.publish("m2");
    assertThat(polls).allSatisfy(poll -> assertThat(poll.join().contents()).containsExactly("m2"));
    assertThat(polls.get(0).join().response().version().name()).isEqualTo("HTTP_2");
  }
}
