package io.stentor.config;

import java.util.function.Supplier;

/** Selects the options of a room. Any thread. */
public final class RoomRules {
  private final Supplier<Config> config;

  /** Creates the rules of a configuration that does not change. */
  public RoomRules(Config config) {
    this(() -> config);
  }

  /** Creates rules that follow the configuration at the time of each call. */
  public RoomRules(Supplier<Config> config) {
    this.config = config;
  }

  /**
   * Returns the options of the first rule that matches the name, otherwise the defaults.
   * {@linkplain BuiltInRooms Built-in rooms} have their own options, whatever is configured.
   */
  public RoomOptions optionsFor(String room) {
    if (BuiltInRooms.isConsole(room)) {
      return BuiltInRooms.CONSOLE_OPTIONS;
    }
    Config now = config.get();
    for (Config.RoomRule rule : now.rooms()) {
      if (matches(rule.match(), room)) {
        return rule.options();
      }
    }
    return now.roomDefaults();
  }

  /**
   * Returns whether the pattern, in which {@code *} matches any characters, matches the whole name.
   */
  public static boolean matches(String pattern, String name) {
    int p = 0;
    int n = 0;
    int star = -1;
    int resume = 0;
    while (n < name.length()) {
      if (p < pattern.length() && pattern.charAt(p) == '*') {
        star = p++;
        resume = n;
      } else if (p < pattern.length() && pattern.charAt(p) == name.charAt(n)) {
        p++;
        n++;
      } else if (star >= 0) {
        // Let the last star match one more character.
        p = star + 1;
        n = ++resume;
      } else {
        return false;
      }
    }
    while (p < pattern.length() && pattern.charAt(p) == '*') {
      p++;
    }
    return p == pattern.length();
  }
}
