package io.stentor.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PositionTest {
  @Property
  void what_is_written_is_read_again(
      @ForAll @LongRange(min = 0, max = Position.EPOCH_LIMIT - 1) long epoch,
      @ForAll @LongRange(min = 0) long offset) {
    Position position = new Position(epoch, offset);
    assertThat(Position.parse(position.toString())).isEqualTo(position);
    assertThat(Position.epochText(epoch)).hasSizeBetween(1, 8);
  }

  @ParameterizedTest
  @CsvSource({
    "0:0, 0, 0",
    "1a2b3c:42, 77370024, 42",
    "e:9223372036854775807, 14, 9223372036854775807"
  })
  void a_position_is_epoch_and_offset(String text, long epoch, long offset) {
    assertThat(Position.parse(text)).isEqualTo(new Position(epoch, offset));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ":",
        "1",
        "1:",
        ":1",
        "1:2:3",
        "1:-2",
        "-1:2",
        "1: 2",
        "1:+2",
        "+1:2",
        "1:2x",
        "zzzzzzzz:1",
        "1a2b3c4d5:1",
        "1:9223372036854775808",
        "1:99999999999999999999",
        "1A:2",
        "1:٤٢",
        "1:2\n",
        "é:1"
      })
  void anything_else_is_refused_in_one_sentence(String text) {
    assertThatThrownBy(() -> Position.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a position is epoch:offset as the server gave it, for example 1a2b3c:42");
  }
}
