package io.stentor.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.HexFormat;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class Utf8Test {
  private static boolean isValidToTheJdk(byte[] bytes) {
    try {
      UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }

  private static byte[] bytes(String hex) {
    return HexFormat.ofDelimiter(" ").parseHex(hex);
  }

  @Property(tries = 5000)
  void any_bytes_are_valid_where_a_strict_decoder_takes_them(@ForAll @Size(max = 24) byte[] bytes) {
    assertThat(Utf8.isValid(bytes)).isEqualTo(isValidToTheJdk(bytes));
  }

  @Property(tries = 2000)
  void a_text_with_one_byte_changed_is_valid_where_a_strict_decoder_takes_it(
      @ForAll String text, @ForAll int at, @ForAll byte other) {
    byte[] bytes = text.getBytes(UTF_8);
    assertThat(Utf8.isValid(bytes)).isTrue();
    if (bytes.length > 0) {
      bytes[Math.floorMod(at, bytes.length)] = other;
      assertThat(Utf8.isValid(bytes)).isEqualTo(isValidToTheJdk(bytes));
    }
  }

  @Test
  void every_sequence_of_two_bytes_and_the_edges_of_longer_ones_are_told_apart() {
    for (int first = 0; first < 256; first++) {
      for (int second = 0; second < 256; second++) {
        for (String more : new String[] {"", "80", "80 80", "bf", "bf bf", "7f", "80 c0"}) {
          byte[] begin = {(byte) first, (byte) second};
          byte[] end = bytes(more);
          byte[] all = ByteBuffer.allocate(2 + end.length).put(begin).put(end).array();
          assertThat(Utf8.isValid(all))
              .as(HexFormat.of().formatHex(all))
              .isEqualTo(isValidToTheJdk(all));
        }
      }
    }
  }

  @Test
  void a_string_with_half_of_a_pair_has_no_bytes() {
    assertThat(Utf8.of("a\ud83d\ude00b\ufeff")).isEqualTo("a\ud83d\ude00b\ufeff".getBytes(UTF_8));
    for (String half :
        new String[] {"\ud83d", "a\ud83db", "\ude00", "\ude00\ud83d", "\ud83d\ud83d\ude00"}) {
      assertThatThrownBy(() -> Utf8.of(half))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("half of a surrogate pair");
    }
  }
}
