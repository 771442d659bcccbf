package io.stentor.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CloseReasonTest {
  private static List<CloseReason> all() throws IllegalAccessException {
    List<CloseReason> all = new ArrayList<>();
    for (Field field : CloseReason.class.getFields()) {
      if (Modifier.isStatic(field.getModifiers()) && field.getType() == CloseReason.class) {
        all.add((CloseReason) field.get(null));
      }
    }
    all.add(CloseReason.tooBig(Integer.MAX_VALUE));
    return all;
  }

  @Test
  void each_number_has_one_reason_in_plain_words() throws IllegalAccessException {
    assertThat(all()).hasSizeGreaterThan(6);
    // Permission may be denied, a limit of the node be reached, and data be malformed, for more
    // than
    // one reason.
    Set<Integer> ofSeveralReasons =
        Set.of(
            CloseReason.MAY_NOT_PUBLISH.code(),
            CloseReason.TOO_MANY_ROOMS.code(),
            CloseReason.NOT_UTF8.code());
    assertThat(all())
        .extracting(CloseReason::code)
        .filteredOn(code -> !ofSeveralReasons.contains(code))
        .doesNotHaveDuplicates();
    assertThat(all()).allMatch(one -> one.reason().matches("[a-z0-9][A-Za-z0-9 ,:;'-]+"));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65_535})
  void a_number_that_may_not_be_sent_is_none(int code) {
    assertThatThrownBy(() -> new CloseReason(code, "why"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(Integer.toString(code));
  }

  @ParameterizedTest
  @ValueSource(ints = {1000, 1001, 1003, 1007, 1008, 1009, 1011, 3000, 3499, 3500, 4999})
  void a_number_that_may_be_sent_is_one(int code) {
    assertThat(new CloseReason(code, "why")).hasToString(code + " why");
  }

  @Test
  void a_reason_is_there_and_fits_into_a_close_frame() {
    assertThatThrownBy(() -> new CloseReason(3000, "")).isInstanceOf(RuntimeException.class);
    assertThat(new CloseReason(3000, "x".repeat(123)).reason()).hasSize(123);
    assertThatThrownBy(() -> new CloseReason(3000, "x".repeat(124)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new CloseReason(3000, "é".repeat(62)))
        .as("124 bytes of UTF-8")
        .isInstanceOf(IllegalArgumentException.class);
  }
}
