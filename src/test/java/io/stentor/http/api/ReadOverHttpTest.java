package io.stentor.http.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.support.HttpRoom;
import io.stentor.support.HttpRoom.Answer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code GET /rooms/{room}/messages} of a whole node. */
class ReadOverHttpTest extends ApiSetting {
  @Test
  void a_room_that_nobody_used_is_empty_and_has_a_position() {
    Answer first = room.read("");
    assertThat(first.json().getBoolean("recovered")).isTrue();
    assertThat(first.contents()).isEmpty();
    publish(1, 1);
    assertThat(room.read("?since=" + first.position()).contents()).containsExactly("m1");
  }

  @Test
  void without_a_position_the_newest_messages_are_given() {
    publish(1, 5);
    Answer answer = room.read("?limit=2");
    assertThat(answer.contents()).isEqualTo(numbers(4, 5));
    assertThat(answer.json().containsKey("more")).isFalse();
    assertThat(room.read("").contents()).isEqualTo(numbers(1, 5));
  }

  @Test
  void each_answer_says_where_to_go_on() {
    String start = room.read("").position();
    publish(1, 7);
    List<Object> all = new ArrayList<>();
    Answer answer;
    do {
      answer = room.read("?limit=3&since=" + start);
      start = answer.position();
      all.addAll(answer.contents());
    } while (answer.json().getBoolean("more", false));
    assertThat(all).isEqualTo(numbers(1, 7));
    assertThat(room.read("?since=" + start).position()).isEqualTo(start);
  }

  @Test
  void an_answer_is_cut_by_bytes_too_but_has_at_least_one_message() {
    HttpRoom large = HttpRoom.at(node.port(), "large");
    String start = large.read("").position();
    for (int i = 0; i < 3; i++) {
      large.publish("x".repeat(270_000));
    }
    Answer answer = large.read("?since=" + start);
    assertThat(answer.contents()).hasSize(1);
    assertThat(answer.json().getBoolean("more")).isTrue();
    Answer waited = large.read("?wait=5&since=" + start);
    assertThat(waited.contents()).hasSize(1);
    assertThat(waited.position()).isEqualTo(answer.position());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "&wait=30"})
  void a_position_of_another_log_is_not_recovered(String wait) {
    String now = publish(1, 5);
    Answer answer = room.read("?since=zzz:2&limit=2" + wait);
    assertThat(answer.json().getBoolean("recovered")).isFalse();
    assertThat(answer.contents()).isEqualTo(numbers(4, 5));
    assertThat(answer.position()).isEqualTo(now);
    Answer strict = room.read("?strict=true&since=zzz:2" + wait);
    assertThat(strict.status()).isEqualTo(412);
    assertThat(strict.json().getString("since")).isEqualTo("zzz:2");
    assertThat(strict.json().getString("position")).isEqualTo(now);
  }

  @Test
  void a_position_that_the_log_has_let_go_of_is_not_recovered() {
    HttpRoom three = HttpRoom.at(node.port(), "three");
    String start = three.publish("m1").position();
    for (int i = 2; i <= 5; i++) {
      three.publish("m" + i);
    }
    Answer answer = three.read("?since=" + start);
    assertThat(answer.json().getBoolean("recovered")).isFalse();
    assertThat(answer.contents()).isEqualTo(numbers(3, 5));
  }

  @ParameterizedTest
  @CsvSource({
    "?since=x, invalid-position",
    "?limit=0, bad-request",
    "?limit=1001, bad-request",
    "?wait=61, bad-request",
    "?wait=x, bad-request",
    "?strict=maybe, bad-request"
  })
  void wrong_parameters_are_refused(String query, String problem) {
    Answer answer = room.read(query);
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.problem()).isEqualTo(problem);
  }

  @Test
  void a_room_for_servers_is_not_read_by_others() {
    assertThat(HttpRoom.at(node.port(), "secret").read("").status()).isEqualTo(401);
    assertThat(HttpRoom.at(node.port(), "secret").read("?wait=1").status()).isEqualTo(401);
  }
}
