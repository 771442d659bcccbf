package io.stentor.config;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Finds what somebody most likely meant who wrote a name that does not exist. */
final class SpellingSuggestion {
  private SpellingSuggestion() {}

  /**
   * The known key nearest to an unknown one: one in the same object that is written much like it,
   * else one of that name elsewhere, else whichever is written most like it.
   */
  static String option(ConfigSchema schema, KeyPath unknown) {
    KeyPath parent = unknown.parent();
    List<String> siblings = new ArrayList<>(schema.keysOf(parent));
    if (!siblings.isEmpty()) {
      String sibling = of(unknown.last(), siblings);
      if (distance(unknown.last(), sibling) <= Math.max(1, sibling.length() / 3)) {
        return parent.child(sibling).toString();
      }
    }
    List<String> everywhere = new ArrayList<>();
    for (KeyPath option : schema.options()) {
      if (option.last().equalsIgnoreCase(unknown.last())) {
        return option.toString();
      }
      everywhere.add(option.toString());
    }
    return of(unknown.toString(), everywhere);
  }

  /** The candidate with the fewest letters to change; the first of several. */
  static String of(String name, Collection<String> candidates) {
    return candidates.stream()
        .min(Comparator.comparingInt(candidate -> distance(name, candidate)))
        .orElseThrow();
  }

  /** Letters to insert, leave out or replace, upper and lower case being the same. */
  static int distance(String from, String to) {
    String a = from.toLowerCase(Locale.ROOT);
    String b = to.toLowerCase(Locale.ROOT);
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
