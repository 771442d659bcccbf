package io.stentor.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stentor.config.Config.RoomRule;
import io.stentor.config.RoomOptions.History;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RoomRulesTest {
  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "lobby, lobby, true",
        "lobby, lobby2, false",
        "lobby, lobb, false",
        "lobby, Lobby, false",
        "*, anything, true",
        "quotes:*, quotes:, true",
        "quotes:*, quotes:ACME, true",
        "quotes:*, quote:ACME, false",
        "*:private, a:private, true",
        "*:private, a:private:b, false",
        "a*b*c, aXbYbZc, true",
        "a*b*c, aXcYb, false",
        "**, x, true",
        "a.c, abc, false",
        "聊*, 聊天, true",
      })
  void a_star_stands_for_any_run_of_characters(String pattern, String room, boolean matches) {
    assertThat(RoomRules.matches(pattern, room)).isEqualTo(matches);
  }

  @Test
  void the_first_rule_that_matches_decides_and_else_the_defaults() {
    RoomOptions first = options(1);
    RoomOptions second = options(2);
    RoomOptions defaults = options(3);
    Config any = new ConfigLoader(Path.of(""), Map.of()).load(List.of(), List.of()).config();
    RoomRules rules =
        new RoomRules(
            new Config(
                0,
                "",
                any.http(),
                any.webSocket(),
                any.identity(),
                any.cluster(),
                any.logging(),
                any.metrics(),
                any.drain(),
                any.demo(),
                any.limits(),
                defaults,
                List.of(new RoomRule("quotes:ACME", first), new RoomRule("quotes:*", second))));
    assertThat(rules.optionsFor("quotes:ACME")).isSameAs(first);
    assertThat(rules.optionsFor("quotes:other")).isSameAs(second);
    assertThat(rules.optionsFor("lobby")).isSameAs(defaults);
  }

  @Test
  void a_pattern_of_many_stars_is_matched_at_once() {
    String pattern = "*a".repeat(60) + "*b";
    Assertions.assertTimeoutPreemptively(
        Duration.ofSeconds(5),
        () -> assertThat(RoomRules.matches(pattern, "a".repeat(128))).isFalse());
  }

  @Test
  void limits_that_a_message_does_not_fit_into_are_refused() {
    assertThatThrownBy(
            () ->
                TestConfig.room(
                    "history", new History(1, 9, 1),
                    "tailBytes", 10,
                    "appendQueueBytes", 10,
                    "maxMessageBytes", 10))
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "roomDefaults.history.bytes is 9 (from test), but must be at least maxMessageBytes,"
                + " which is 10");
  }

  private static RoomOptions options(int coalesceMillis) {
    return TestConfig.room(
        "history", new History(1, 10, 1),
        "tailBytes", 10,
        "appendQueueBytes", 10,
        "coalesceMillis", coalesceMillis,
        "maxMessageBytes", 10);
  }
}
