package io.stentor.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RoomNameTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "a",
        "lobby",
        "a.b_c-d:e@f#g~h+i",
        "聊天室",
        "комната",
        "غرفة",
        "कमरा",
        "部屋２",
        "𝒳",
        "ÅÄÖ",
        "123"
      })
  void letters_and_digits_of_any_script_are_allowed(String name) {
    assertThat(new RoomName(name).value()).isEqualTo(name);
    assertThat(new RoomName(name)).hasToString(name);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a b", "a/b", "a\u0000", "a\n", "a*", "a?", "a\"", "a\\", "<a>", "a%20", "😀"})
  void anything_else_is_refused_by_its_code_point(String name) {
    assertThatThrownBy(() -> new RoomName(name))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("a room name has letters, digits and ._-:@#~+ only, not ")
        .hasMessageContaining("U+");
  }

  @Test
  void a_mark_needs_a_letter_before_it() {
    assertThatThrownBy(() -> new RoomName("\u0301a")).hasMessageEndingWith("(U+0301)");
    assertThat(new RoomName("e\u0301").value()).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\u06af\u0631\u0648\u0647\u200c\u0647\u0627", // Persian
        "\u0645\u064f\u200c\u062e", // Arabic with a vowel sign before
        "\u0915\u094d\u200d\u0937", // Devanagari
        "\u0dc1\u0dca\u200d\u0dbb\u0dd3", // Sinhala
        "\u09b0\u200d\u09cd\u09af\u09be\u09ac", // Bengali
        "\u0d05\u0d35\u0d28\u0d4d\u200d", // Malayalam, at the end
        "a:\u0645\u06cc\u200c\u062e:1"
      })
  void a_joiner_belongs_to_words_that_are_not_written_without_it(String name) {
    assertThat(new RoomName(name).value()).isEqualTo(name);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a\u200db",
        "a\u200cb",
        "\u200d",
        "\u200c\u0645",
        "\u0645\u200c",
        "\u0645\u200ca",
        "\u0645\u200c\u200c\u062e",
        "\u0430\u200d\u0431",
        "1\u200d2",
        "\u804a\u200d\u5929",
        "\u0645-\u200c\u062e"
      })
  void a_joiner_anywhere_else_would_make_names_that_look_alike(String name) {
    assertThatThrownBy(() -> new RoomName(name))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("U+200")
        .hasMessageContaining("virama");
  }

  @Test
  void half_a_character_is_none() {
    assertThatThrownBy(() -> new RoomName("a\ud83d")).hasMessageContaining("U+D83D");
  }

  @Test
  void a_name_has_1_to_128_characters_however_many_bytes_they_take() {
    assertThat(new RoomName("𝒳".repeat(128)).value()).hasSize(256);
    assertThatThrownBy(() -> new RoomName("x".repeat(129)))
        .hasMessage("a room name has 1 to 128 characters, this one has 129");
    assertThatThrownBy(() -> new RoomName(""))
        .hasMessage("a room name has 1 to 128 characters, this one has 0");
  }

  @Test
  void names_that_differ_in_any_character_are_different_rooms() {
    assertThat(new RoomName("Lobby")).isNotEqualTo(RoomName.LOBBY);
    assertThat(new RoomName("lobby")).isEqualTo(RoomName.LOBBY);
    assertThat(new RoomName("a")).isLessThan(new RoomName("b"));
  }
}
