package io.stentor.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MemberTest {
  @ParameterizedTest
  @ValueSource(strings = {"a", "Ann Lee", "李雷", "👩‍🚀", "<b>", "o'neil"})
  void people_may_be_called_what_they_are_called(String name) {
    assertThat(Member.checkedName(name)).isEqualTo(name);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " a", "a ", "a\nb", "a\u0000", "a\u202eb", "\u2028x", "a\ud800"})
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
