package io.stentor.json;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.Charset;
import java.util.HexFormat;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonSourceTest {
  private static String checked(String source) {
    return JsonSource.of(source.getBytes(UTF_8)).toString();
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
    assertThat(JsonSource.of(data).bytes()).isSameAs(data);
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
    assertThatThrownBy(() -> JsonSource.of(latin1)).hasMessage("JSON has to be UTF-8");
  }

  @ParameterizedTest
  @ValueSource(strings = {"c0 80", "ed a0 80", "ff", "80", "f5 80 80 80", "e2 82"})
  void what_is_not_utf8_within_a_string_or_a_name_is_refused(String hex) {
    byte[] bad = HexFormat.ofDelimiter(" ").parseHex(hex);
    for (String around : List.of("\"Q%Q\"", "{\"Q%Q\":1}", "[1,\"%\"]")) {
      byte[] latin = around.replace("%", new String(bad, ISO_8859_1)).getBytes(ISO_8859_1);
      assertThatThrownBy(() -> JsonSource.of(latin)).hasMessage("JSON has to be UTF-8");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"UTF-16LE", "UTF-16BE", "UTF-16", "UTF-32LE", "UTF-32BE"})
  void other_encodings_are_refused_as_what_they_are(String charset) {
    for (String source : List.of("1", "{}", "{\"a\":\"\u00e9\"}", "\"\u4f60\"")) {
      byte[] wide = source.getBytes(Charset.forName(charset));
      assertThatThrownBy(() -> JsonSource.of(wide)).hasMessage("JSON has to be UTF-8");
      assertThatThrownBy(() -> JsonSource.parser(wide)).hasMessage("JSON has to be UTF-8");
    }
  }

  @Test
  void a_byte_order_mark_is_refused_in_front_and_is_a_character_within() {
    assertThatThrownBy(() -> checked("\ufeff{}"))
        .hasMessage("JSON has to begin without a byte order mark");
    assertThatThrownBy(() -> checked("[\ufeff1]")).isInstanceOf(IllegalArgumentException.class);
    assertThat(checked("\"\ufeff\"")).isEqualTo("\"\ufeff\"");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"\\ud800\"",
        "\"a\\uD83Db\"",
        "\"\\ude00\"",
        "\"\\ude00\\ud83d\"",
        "\"\\ud83d\\ud83d\\ude00\"",
        "\"\\ud83d\\\\ude00\"",
        "{\"\\udfff\":1}",
        "[[\"\\\\\\ud800\"]]",
        "\"\\ud83d\\n\""
      })
  void half_of_a_surrogate_pair_is_refused(String source) {
    assertThatThrownBy(() -> checked(source))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("half of a surrogate pair");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"\\ud83d\\ude00\"",
        "\"\\\\ud800\"",
        "\"\\uD7FF\\uE000\"",
        "\"\\\\\\uDBFF\\uDFFF\""
      })
  void whole_pairs_and_backslashes_before_a_u_are_taken(String source) {
    assertThat(checked(source)).isEqualTo(source);
  }

  @Property(tries = 2000)
  void a_text_becomes_a_json_string_of_the_same_value(@ForAll String text) {
    JsonSource source = JsonSource.ofText(text);
    assertThat(JsonSource.string(source.bytes())).isEqualTo(text);
    assertThat(JsonSource.of(source.bytes()).bytes()).isSameAs(source.bytes());
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
