package io.stentor.http.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.stentor.http.ProblemType;
import io.stentor.http.RequestRefused;
import io.stentor.message.Attributes;
import io.stentor.message.Publication.Kind;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BatchParserTest {
  private static List<BatchParser.Item> parse(String body) {
    return BatchParser.parse(body.getBytes(StandardCharsets.UTF_8));
  }

  private static BatchParser.Message message(String item) {
    return parse("{\"messages\":[" + item + "]}").get(0).message();
  }

  private static String content(BatchParser.Message message) {
    return new String(message.draft().data(), StandardCharsets.UTF_8);
  }

  @Test
  void a_text_is_its_value() {
    BatchParser.Message message =
        message("{\"room\":\"a\",\"text\":\"x\\n\\u00e9\\ud83d\\ude00\",\"idempotencyKey\":\"k\"}");
    assertThat(message.room()).isEqualTo("a");
    assertThat(message.draft().kind()).isEqualTo(Kind.TEXT);
    assertThat(message.draft().key()).isEqualTo("k");
    assertThat(content(message)).isEqualTo("x\né😀");
  }

  @Test
  void attributes_are_read_in_any_order() {
    Attributes attributes =
        message(
                "{\"tags\":{\"b\":\"2\",\"a\":\"\"},\"event\":\"x\",\"room\":\"a\",\"exclude\":\"c1\","
                    + "\"text\":\"t\"}")
            .draft()
            .attributes();
    assertThat(attributes)
        .isEqualTo(
            Attributes.NONE.withEvent("x").withTags(Map.of("a", "", "b", "2")).withExclude("c1"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1",
        "-1.50e+07",
        "0",
        "true",
        "false",
        "null",
        "\"\"",
        "\"a\\\"b\\u00e9 é房😀\"",
        "{}",
        "[]",
        "{\"b\" :  1.0, \"a\":[1, {\"c\":\"}]\"}]}",
        "[[[1.10]]]"
      })
  void data_is_the_source_byte_by_byte(String source) {
    for (String around : List.of("%s", " %s", "%s ", "\t%s\n")) {
      String data = around.formatted(source);
      assertThat(content(message("{\"room\":\"é\",\"data\":" + data + "}")).strip())
          .isEqualTo(source);
      assertThat(content(message("{\"data\":" + data + ",\"room\":\"a\"}")).strip())
          .isEqualTo(source);
    }
  }

  @Test
  void messages_keep_their_order_and_stand_alone() {
    List<BatchParser.Item> items =
        parse(
            "{\"messages\":[{\"room\":\"a\",\"text\":\"1\"},{\"room\":1,\"text\":{\"x\":[2]}},"
                + "{\"room\":\"b\",\"data\":3}]}");
    assertThat(items).hasSize(3);
    assertThat(content(items.get(0).message())).isEqualTo("1");
    assertThatExceptionOfType(RequestRefused.class).isThrownBy(() -> items.get(1).message());
    assertThat(content(items.get(2).message())).isEqualTo("3");
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '~',
      delimiter = '|',
      value = {
        "{}|A message has a room",
        "{\"room\":\"a\"}|A message has a room",
        "{\"text\":\"x\"}|A message has a room",
        "{\"room\":\"a\",\"text\":1}|text has to be a string",
        "{\"room\":null,\"text\":\"x\"}|room has to be a string",
        "{\"room\":[\"a\"],\"text\":\"x\"}|room has to be a string",
        "{\"room\":\"a\",\"text\":\"x\",\"data\":1}|one of text, data and base64",
        "{\"room\":\"a\",\"text\":\"x\",\"text\":\"y\"}|text stands twice",
        "{\"room\":\"a\",\"text\":\"x\",\"idempotencykey\":\"k\"}|no idempotencykey",
        "{\"room\":\"a\",\"text\":\"\\ud83d\"}|surrogate",
        "{\"room\":\"a\",\"text\":\"x\",\"event\":1}|event has to be a string",
        "{\"room\":\"a\",\"text\":\"x\",\"event\":\"\"}|The name of an event has 1 to 200",
        "{\"room\":\"a\",\"text\":\"x\",\"tags\":[\"a\"]}|tags has to be an object",
        "{\"room\":\"a\",\"text\":\"x\",\"tags\":{\"a\":1}}|tags.a has to be a string",
        "{\"room\":\"a\",\"text\":\"x\",\"tags\":{\"a\":\"1\",\"a\":\"2\"}}|tags.a stands twice",
        "{\"room\":\"a\",\"text\":\"x\",\"tags\":{\"\":\"1\"}}|The name of a tag has 1 to 64",
        "{\"room\":\"a\",\"text\":\"x\",\"exclude\":\"\"}|The ID of a connection",
      })
  void what_is_no_message_is_refused_by_name(String item, String why) {
    assertThatExceptionOfType(RequestRefused.class)
        .isThrownBy(() -> message(item))
        .matches(refusal -> refusal.type() == ProblemType.BAD_REQUEST)
        .withMessageContaining(why);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[]",
        "{}",
        "{\"messages\":{}}",
        "{\"messages\":[1]}",
        "{\"messages\":[[]]}",
        "{\"messages\":[]}",
        "{\"messages\":[],\"more\":1}",
        "{\"messages\":[]}{}"
      })
  void what_is_no_batch_is_refused_as_a_whole(String body) {
    assertThatExceptionOfType(RequestRefused.class)
        .isThrownBy(() -> parse(body))
        .matches(refusal -> refusal.type() == ProblemType.BAD_REQUEST);
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "{\"messages\":[{\"room\":\"a\",\"data\":01}]}", "{\"messages\":[{"})
  void what_is_no_json_is_refused_as_a_whole(String body) {
    assertThatExceptionOfType(RequestRefused.class)
        .isThrownBy(() -> parse(body))
        .matches(refusal -> refusal.type() == ProblemType.INVALID_JSON);
  }

  @Test
  void a_batch_has_up_to_1000_messages() {
    String one = "{\"room\":\"a\",\"text\":\"x\"}";
    assertThat(parse("{\"messages\":[" + (one + ",").repeat(999) + one + "]}")).hasSize(1000);
    assertThatExceptionOfType(RequestRefused.class)
        .isThrownBy(() -> parse("{\"messages\":[" + (one + ",").repeat(1000) + one + "]}"))
        .matches(refusal -> refusal.type() == ProblemType.TOO_LARGE);
  }
}
