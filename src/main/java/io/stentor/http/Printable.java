package io.stentor.http;

/** Sanitizes values that clients sent, for errors and logs. */
public final class Printable {
  private static final int MAX_CHARACTERS = 40;

  private Printable() {}

  /**
   * Truncates the value to 40 characters and replaces control, format and separator characters with
   * U+FFFD.
   */
  public static String value(String sent) {
    int end =
        sent.offsetByCodePoints(0, Math.min(MAX_CHARACTERS, sent.codePointCount(0, sent.length())));
    StringBuilder shown = new StringBuilder(end + 1);
    sent.substring(0, end)
        .codePoints()
        .forEach(c -> shown.appendCodePoint(isPlain(c) ? c : '\uFFFD'));
    return end < sent.length() ? shown.append('…').toString() : shown.toString();
  }

  private static boolean isPlain(int character) {
    int type = Character.getType(character);
    return !Character.isISOControl(character)
        && type != Character.FORMAT
        && type != Character.SURROGATE
        && type != Character.LINE_SEPARATOR
        && type != Character.PARAGRAPH_SEPARATOR;
  }
}
