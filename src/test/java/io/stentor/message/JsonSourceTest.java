package io.stentor.message;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonSourceTest {
  private static String checked(String source) {
    return new String(JsonSource.checked(source.getBytes(UTF_8)), UTF_8);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "[1, 2.50e-3, \"\\u00e9é\", null,true]",
        "\"text\"",
        "0",
        "false",
        "null",
        "{\"a\": 1, \"a\": 2}",
        "100000000000000000000000000000000000000000"
      })
  void json_stays_as_it_came(String source) {
    assertThat(checked(source)).isEqualTo(source);
  }

  @Test
  void bytes_with_nothing_to_take_out_are_not_copied() {
    byte[] data = "{\"a\": 1}".getBytes(UTF_8);
    assertThat(JsonSource.checked(data)).isSameAs(data);
  }

  @Test
  void line_ends_between_tokens_and_space_around_are_taken_out() {
    assertThat(checked(" \r\n{\n  \"a\\n\":\r\n 1\n}\n")).isEqualTo("{  \"a\\n\": 1}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{ | this is no JSON: ",
        "{} {} | something follows the first value",
        "{} x | this is no JSON: ",
        "[1,] | this is no JSON: ",
        "{'a': 1} | this is no JSON: ",
        "NaN | this is no JSON: ",
        "01 | this is no JSON: ",
        "tru | this is no JSON: ",
        "\"a | this is no JSON: ",
        "`` | there is nothing in it",
        "`  ` | there is nothing in it",
        "// a | this is no JSON: "
      })
  void what_is_no_json_is_refused_in_one_line(String source, String reason) {
    assertThatThrownBy(() -> checked(source))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(reason)
        .extracting(Throwable::getMessage)
        .asString()
        .hasLineCount(1);
  }

  @Test
  void a_line_end_inside_of_a_string_is_refused() {
    assertThatThrownBy(() -> checked("\"a\nb\"")).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void what_is_not_utf8_is_refused() {
    byte[] latin1 = {'"', (byte) 0xe9, '"'};
    assertThatThrownBy(() -> JsonSource.checked(latin1)).hasMessage("JSON has to be UTF-8");
  }

  @Test
  void bytes_that_could_be_utf16_are_refused() {
    assertThatThrownBy(() -> checked("1\0")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> checked("\0{\0}")).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void depth_is_limited() {
    int most = JsonSource.MAX_DEPTH;
    assertThat(checked("[".repeat(most) + "]".repeat(most))).hasSize(2 * most);
    assertThatThrownBy(() -> checked("[".repeat(most + 1) + "]".repeat(most + 1)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> checked("[".repeat(1_000_000)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
