package io.stentor.centrifuge.api;

import io.stentor.config.RoomRules;

/** A pattern for names of rooms, in which {@code *} stands for any run of characters. Immutable. */
final class Glob {

  private static final String UNKNOWN = "?[]{}!\\";

  private final String pattern;

  /**
   * A pattern.
   *
   * @throws io.stentor.centrifuge.CommandError where it has another sign of patterns, none of which
   *     can be in a name
   */
  Glob(String pattern) {
    if (pattern.chars().anyMatch(one -> UNKNOWN.indexOf(one) >= 0)) {
      throw Requests.wrong("in a pattern only * is more than itself, not any of " + UNKNOWN);
    }
    this.pattern = pattern;
  }

  /** What all names that fit begin with. */
  String prefix() {
    int star = pattern.indexOf('*');
    return star < 0 ? pattern : pattern.substring(0, star);
  }

  boolean matches(String name) {
    return RoomRules.matches(pattern, name);
  }
}
