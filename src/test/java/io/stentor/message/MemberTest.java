package io.stentor.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MemberTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "a",
        "Ann Lee",
        "李雷",
        "👩‍🚀",
        "<b>",
        "o'neil",
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
        "\u0dc1\u0dca\u200d\u0dbb\u0dd3",
        "\ud83d\udc69\u200d\ud83d\udc69\u200d\ud83d\udc67",
        "\ud83c\udff3\ufe0f\u200d\ud83c\udf08",
        "\ud83d\udc68\ud83c\udffd\u200d\ud83d\udcbb"
      })
  void people_may_be_called_what_they_are_called(String name) {
    assertThat(Member.checkedName(name)).isEqualTo(name);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " a",
        "a ",
        "a\nb",
        "a\u0000",
        "a\u202eb",
        "\u2028x",
        "a\ud800",
        "a\u200db",
        "a\u200cb",
        "a\u200d"
      })
  void a_name_that_would_mislead_readers_is_refused(String name) {
    assertThatThrownBy(() -> Member.checkedName(name)).hasMessageContaining("1 to 128 characters");
  }

  @Test
  void a_name_has_at_most_128_characters_whatever_their_size() {
    assertThat(Member.checkedName("😀".repeat(128))).hasSize(256);
    assertThatThrownBy(() -> Member.checkedName("a".repeat(129)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
