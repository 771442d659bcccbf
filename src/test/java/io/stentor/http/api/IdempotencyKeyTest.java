package io.stentor.http.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.stentor.http.ProblemType;
import io.stentor.http.RequestRefused;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IdempotencyKeyTest {
  private static final String LONGEST = "k".repeat(255);

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '~',
      value = {
        "k1, k1",
        "\"k1\", k1",
        "\"a\\\"b\\\\c\", a\"b\\c",
        "a\"b, a\"b",
        "\"a;b=c\", a;b=c"
      })
  void a_key_means_the_same_with_and_without_quotes(String header, String key) {
    assertThat(IdempotencyKey.of(List.of(header))).isEqualTo(key);
  }

  @Test
  void a_request_without_the_header_has_no_key() {
    assertThat(IdempotencyKey.of(List.of())).isNull();
  }

  @Test
  void a_key_has_up_to_255_characters() {
    assertThat(IdempotencyKey.of(List.of(LONGEST))).isEqualTo(LONGEST);
    assertThat(IdempotencyKey.of(List.of('"' + LONGEST + '"'))).isEqualTo(LONGEST);
    assertThatExceptionOfType(RequestRefused.class)
        .isThrownBy(() -> IdempotencyKey.of(List.of(LONGEST + "k")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "\"\"", "\"", "\"a", "a b", "\"a b\"", "é", "a\tb", "\"a\\x\"", "\"a\"b\""})
  void what_is_no_key_is_refused(String header) {
    assertThatExceptionOfType(RequestRefused.class)
        .isThrownBy(() -> IdempotencyKey.of(List.of(header)))
        .matches(refusal -> refusal.type() == ProblemType.BAD_REQUEST)
        .withMessageContaining("1 to 255 visible");
  }

  @Test
  void two_keys_are_refused() {
    assertThatExceptionOfType(RequestRefused.class)
        .isThrownBy(() -> IdempotencyKey.of(List.of("a", "a")));
  }
}
