package io.stentor.http.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.support.HttpRoom;
import io.stentor.support.HttpRoom.Answer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code POST /rooms/{room}/messages} of a whole node. */
class PublishOverHttpTest extends ApiSetting {
  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private Answer keyed(String text, String key) {
    return room.publish("text/plain", utf8(text), "Idempotency-Key", key);
  }

  @Test
  void the_answer_says_where_the_message_is_and_how_to_read_it() {
    room.publish("before");
    Answer answer = room.publish("hello");
    assertThat(answer.status()).isEqualTo(201);
    assertThat(answer.json().getLong("offset")).isEqualTo(2);
    String location = answer.header("Location");
    assertThat(URI.create("http://a.example/chat/rooms/tea/messages").resolve(location).getPath())
        .as("behind a proxy that cuts the prefix /chat off")
        .isEqualTo("/chat/rooms/tea/messages");
    assertThat(location).startsWith("messages?");
    Answer message = room.read(location.substring("messages".length()));
    assertThat(message.contents()).containsExactly("hello");
    assertThat(message.position()).isEqualTo(answer.position());
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"b\": 1.50, \"a\" :[ ]}", "\"a\\u00e9\"", "null", "1e2", "[1,2]"})
  void json_is_passed_on_as_it_was_written(String source) {
    assertThat(room.publish("application/json", utf8(source)).status()).isEqualTo(201);
    assertThat(room.read("").response().body()).contains("\"data\":" + source + ",\"time\":");
  }

  @Test
  void line_ends_between_tokens_of_json_are_taken_out() {
    room.publish("application/json", utf8("{\n\"a\":\r\n1}\n"));
    assertThat(room.read("").response().body()).contains("\"data\":{\"a\":1},");
  }

  @Test
  void an_empty_text_is_a_text_as_on_websockets() {
    assertThat(room.publish("").status()).isEqualTo(201);
    assertThat(room.read("").contents()).containsExactly("");
  }

  @Test
  void a_publisher_may_give_itself_a_name() {
    room.publishLater("?name=Ann%20B", "text/plain", utf8("hi")).join();
    room.publishLater("", "text/plain", utf8("hi")).join();
    JsonArray messages = room.read("").json().getJsonArray("messages");
    assertThat(messages.getJsonObject(0).getString("from")).isEqualTo("Ann B");
    assertThat(messages.getJsonObject(1).containsKey("from")).isFalse();
    Answer refused = room.publishLater("?name=a%0Ab", "text/plain", utf8("hi")).join();
    assertThat(refused.status()).isEqualTo(400);
  }

  @Test
  void a_message_that_is_not_newer_is_dropped_and_answered_with_the_newest_position() {
    Answer first = versioned("v7", "?version=7&versionEpoch=a");
    assertThat(first.status()).isEqualTo(201);
    Answer late = versioned("v6", "?version=6");
    assertThat(late.status()).isEqualTo(200);
    assertThat(late.json().getBoolean("outdated")).isTrue();
    assertThat(late.position()).isEqualTo(first.position());
    assertThat(versioned("v1 of b", "?version=1&versionEpoch=b").status()).isEqualTo(201);
    assertThat(versioned("largest", "?version=18446744073709551615").status()).isEqualTo(201);
    assertThat(room.read("").contents()).containsExactly("v7", "v1 of b", "largest");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"version=-1", "version=x", "version=18446744073709551616", "versionEpoch=a"})
  void a_version_is_a_number_of_64_bits(String query) {
    assertThat(versioned("a", "?" + query).status()).isEqualTo(400);
  }

  private Answer versioned(String text, String query) {
    return room.publishLater(query, "text/plain", utf8(text)).join();
  }

  @Test
  void event_and_tags_are_read_again_and_the_excluded_connection_is_not() {
    String query = "?event=order%20paid&tag.shop=b%C3%A4r&tag.=x&exclude=0b1f";
    assertThat(room.publishLater(query, "text/plain", utf8("hi")).join().status()).isEqualTo(400);
    query = query.replace("&tag.=x", "&tag.a.b=");
    assertThat(room.publishLater(query, "text/plain", utf8("hi")).join().status()).isEqualTo(201);
    room.publish("plain");
    JsonArray messages = room.read("").json().getJsonArray("messages");
    JsonObject first = messages.getJsonObject(0);
    assertThat(first.getString("event")).isEqualTo("order paid");
    assertThat(first.getJsonObject("tags"))
        .isEqualTo(new JsonObject().put("shop", "bär").put("a.b", ""));
    assertThat(first.containsKey("exclude")).isFalse();
    assertThat(messages.getJsonObject(1).fieldNames())
        .containsExactlyInAnyOrder("offset", "text", "time");
  }

  @Test
  void a_long_poll_gets_event_and_tags_too() {
    String since = room.publish("mark").position();
    CompletableFuture<Answer> waiting = room.readLater("?wait=30&since=" + since);
    room.publishLater("?event=e&tag.a=1", "application/json", utf8("{}")).join();
    JsonObject message = waiting.join().json().getJsonArray("messages").getJsonObject(0);
    assertThat(message.getString("event")).isEqualTo("e");
    assertThat(message.getJsonObject("tags")).isEqualTo(new JsonObject().put("a", "1"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "event=|The parameter event cannot be",
        "event=a%0Ab|The name of an event has 1 to 200 characters and no control characters.",
        "event=a&event=b|The parameter event is given twice.",
        "tag.a=1&tag.a=2|The parameter tag.a is given twice.",
        "tag.a=%00|The value of a tag has at most 256 bytes and no control characters.",
        "exclude=|The parameter exclude cannot be",
      })
  void an_attribute_that_breaks_a_rule_is_refused_with_the_rule(String query, String rule) {
    Answer answer = room.publishLater("?" + query, "text/plain", utf8("hi")).join();
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.json().getString("detail")).startsWith(rule);
    assertThat(room.read("").contents()).isEmpty();
  }

  @Test
  void attributes_have_limits() {
    assertThat(attributes("event=" + "e".repeat(200)).status()).isEqualTo(201);
    assertThat(attributes("event=" + "e".repeat(201)).status()).isEqualTo(400);
    StringBuilder tags = new StringBuilder("tag.0=" + "v".repeat(256));
    for (int i = 1; i < 16; i++) {
      tags.append("&tag.").append(i).append("=v");
    }
    assertThat(attributes(tags.toString()).status()).isEqualTo(201);
    assertThat(attributes(tags + "&tag.16=v").json().getString("detail"))
        .isEqualTo("A message has at most 16 tags.");
    assertThat(attributes("tag.a=" + "v".repeat(257)).status()).isEqualTo(400);
    assertThat(attributes("tag." + "n".repeat(65) + "=v").status()).isEqualTo(400);
  }

  private Answer attributes(String query) {
    return room.publishLater("?" + query, "text/plain", utf8("hi")).join();
  }

  @Test
  void the_same_key_with_other_attributes_is_the_same_message() {
    String key = "Idempotency-Key";
    Answer first = room.publishLater("?event=a", "text/plain", utf8("x"), key, "k").join();
    Answer again = room.publishLater("?event=b", "text/plain", utf8("x"), key, "k").join();
    assertThat(again.status()).isEqualTo(201);
    assertThat(again.position()).isEqualTo(first.position());
    JsonArray messages = room.read("").json().getJsonArray("messages");
    assertThat(messages).hasSize(1);
    assertThat(messages.getJsonObject(0).getString("event")).isEqualTo("a");
  }

  @Test
  void the_lobby_shouts_texts_and_json_strings_but_no_other_json() {
    HttpRoom lobby = HttpRoom.at(node.port(), "lobby");
    String since = lobby.publish("mark").position();
    lobby.publish("hello");
    lobby.publish("application/json", utf8("\"h\\u00e9 \\\"x\\\"\""));
    lobby.publish("application/json", utf8("{\"say\":\"x\"}"));
    assertThat(lobby.read("?since=" + since).contents())
        .containsExactly("HELLO!!!", "HÉ \"X\"!!!", new JsonObject().put("say", "x"));
  }

  @ParameterizedTest
  @CsvSource({
    "text/html, x, 415, unsupported-media-type",
    "text/plain;charset=latin1, x, 415, unsupported-media-type",
    "application/json, {, 400, invalid-json",
    "application/json, 1 2, 400, invalid-json",
    "application/json, '', 400, invalid-json",
  })
  void what_is_no_message_is_refused(String type, String body, int status, String problem) {
    Answer answer = room.publish(type, utf8(body));
    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.problem()).isEqualTo(problem);
    assertThat(room.read("").contents()).isEmpty();
  }

  @Test
  void bytes_that_are_not_utf8_are_refused() {
    byte[] wrong = {'a', (byte) 0xff};
    assertThat(room.publish("text/plain", wrong).status()).isEqualTo(400);
    assertThat(room.publish("application/json", new byte[] {'"', (byte) 0xff, '"'}).problem())
        .isEqualTo("invalid-json");
  }

  @Test
  void a_message_over_the_limit_of_its_room_is_refused() {
    HttpRoom small = HttpRoom.at(node.port(), "small");
    assertThat(small.publish("0123456789").status()).isEqualTo(201);
    assertThat(small.publish("0123456789a").problem()).isEqualTo("too-large");
    assertThat(small.publish("x".repeat(500_000)).status()).isEqualTo(413);
    assertThat(small.publish("again").status()).isEqualTo(201);
  }

  @Test
  void the_same_key_and_message_is_answered_like_the_first_time() {
    Answer first = keyed("one", "k1");
    room.publish("two");
    assertThat(keyed("one", "\"k1\"").position()).isEqualTo(first.position());
    assertThat(room.read("").contents()).containsExactly("one", "two");
  }

  @Test
  void the_same_key_with_another_message_is_a_conflict() {
    keyed("one", "k1");
    Answer answer = keyed("two", "k1");
    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.problem()).isEqualTo("idempotency-conflict");
    assertThat(room.publish("application/json", utf8("\"one\""), "Idempotency-Key", "k1").status())
        .isEqualTo(422);
    assertThat(room.read("").contents()).containsExactly("one");
  }

  @Test
  void many_requests_with_one_key_at_the_same_time_are_one_message() {
    List<CompletableFuture<Answer>> answers = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      answers.add(room.publishLater("", "text/plain", utf8("one"), "Idempotency-Key", "k"));
    }
    assertThat(answers).allMatch(one -> one.join().status() == 201);
    assertThat(answers).extracting(one -> one.join().position()).containsOnly(first(answers));
    assertThat(room.read("").contents()).containsExactly("one");
  }

  private static String first(List<CompletableFuture<Answer>> answers) {
    return answers.get(0).join().position();
  }

  @Test
  void a_room_without_a_log_takes_messages_but_no_keys() {
    HttpRoom nolog = HttpRoom.at(node.port(), "nolog");
    Answer answer = nolog.publish("x");
    assertThat(answer.status()).isEqualTo(202);
    assertThat(answer.response().body()).isEmpty();
    assertThat(nolog.publish("text/plain", utf8("x"), "Idempotency-Key", "k").status())
        .isEqualTo(400);
  }

  @Test
  void a_room_for_servers_takes_only_messages_with_a_key() {
    HttpRoom shop = HttpRoom.at(node.port(), "shop");
    assertThat(shop.publish("x").status()).isEqualTo(401);
    assertThat(shop.publish("text/plain", utf8("x"), "X-API-Key", "wrong").status()).isEqualTo(401);
    assertThat(shop.publish("text/plain", utf8("x"), "X-API-Key", KEY).status()).isEqualTo(201);
    assertThat(shop.publish("text/plain", utf8("y"), "Authorization", "Bearer " + KEY).status())
        .isEqualTo(201);
    HttpRoom users = HttpRoom.at(node.port(), "users");
    assertThat(users.publish("text/plain", utf8("y"), "X-API-Key", KEY).status()).isEqualTo(201);
    assertThat(users.publish("x").header("WWW-Authenticate")).startsWith("Bearer");
  }

  @Test
  void a_room_that_has_too_much_waiting_says_when_to_come_again() {
    HttpRoom full = HttpRoom.at(node.port(), "full");
    List<CompletableFuture<Answer>> answers = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      answers.add(full.publishLater("", "text/plain", utf8("m" + i)));
    }
    List<Answer> refused =
        answers.stream().map(CompletableFuture::join).filter(a -> a.status() != 201).toList();
    assertThat(refused).allMatch(a -> a.status() == 429 && a.header("Retry-After").equals("1"));
    long kept = answers.size() - refused.size();
    assertThat(full.read("?limit=1").json().getLong("offset")).isEqualTo(kept);
  }
}
