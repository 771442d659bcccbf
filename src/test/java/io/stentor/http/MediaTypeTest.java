package io.stentor.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.stentor.message.Publication.Kind;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class MediaTypeTest {
  @ParameterizedTest
  @ValueSource(
      strings = {"text/plain", "Text/Plain;charset=UTF-8", "text/plain; charset=\"utf-8\"; x=y"})
  void text_is_text(String type) {
    assertThat(MediaType.of(type)).isEqualTo(Kind.TEXT);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"application/json", "application/json; charset=utf-8", "APPLICATION/JSON "})
  void json_is_json(String type) {
    assertThat(MediaType.of(type)).isEqualTo(Kind.JSON);
  }

  @ParameterizedTest
  @ValueSource(strings = {"application/octet-stream", "Application/Octet-Stream ; x=y"})
  void bytes_are_binary(String type) {
    assertThat(MediaType.of(type)).isEqualTo(Kind.BINARY);
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(
      strings = {
        "",
        "text/html",
        "application/x-www-form-urlencoded",
        "text/plain; charset=iso-8859-1",
        "application/json;charset=utf-16"
      })
  void everything_else_is_refused(String type) {
    assertThatExceptionOfType(RequestRefused.class)
        .isThrownBy(() -> MediaType.of(type))
        .matches(refusal -> refusal.type() == ProblemType.UNSUPPORTED_MEDIA_TYPE);
  }
}
