package io.stentor.config;

import java.util.List;

/** Which options a room has. Immutable; any thread. */
public final class RoomRules {
  private final List<RoomRule> rules;
  private final RoomOptions defaults;

  /** The rules of a configuration. */
  public RoomRules(Config config) {
    this.rules = config.rooms();
    this.defaults = config.roomDefaults();
  }

  /** The options of the first rule that matches the name, else the defaults. */
  public RoomOptions optionsFor(String room) {
    for (RoomRule rule : rules) {
      if (matches(rule.match(), room)) {
        return rule.options();
      }
    }
    return defaults;
  }

  /** Whether the pattern, in which {@code *} stands for any run of characters, fits all of name. */
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
        // Let the last star take one character more.
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
