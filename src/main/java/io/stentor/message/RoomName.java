package io.stentor.message;

/**
 * The name of a room, 1 to 128 characters. Each is a letter or digit of any script, a mark that
 * combines with a letter (such as the vowel signs of Indic scripts), a {@linkplain Joiners joiner}
 * inside a word, or one of {@code . _ - : @ # ~ +}. {@code .} and {@code ..} are not allowed,
 * because they have a special meaning in a path.
 *
 * @param value the name as given; names that differ in any character are different rooms
 */
public record RoomName(String value) implements Comparable<RoomName> {

  /** Maximum length, in characters (Unicode code points). */
  public static final int MAX_CHARACTERS = 128;

  /** The room of the root path {@code /}. */
  public static final RoomName LOBBY = new RoomName("lobby");

  private static final String PUNCTUATION = "._-:@#~+";

  /**
   * Checks the name.
   *
   * @throws IllegalArgumentException if the name is invalid; the message is one sentence that
   *     states the problem and the rule
   */
  public RoomName {
    int length = value.codePointCount(0, value.length());
    if (length == 0 || length > MAX_CHARACTERS) {
      throw new IllegalArgumentException(
          "a room name has 1 to " + MAX_CHARACTERS + " characters, this one has " + length);
    }
    if (value.equals(".") || value.equals("..")) {
      throw new IllegalArgumentException(
          "a room name is not just '" + value + "': browsers take that out of a path");
    }
    for (int i = 0; i < value.length(); i += Character.charCount(value.codePointAt(i))) {
      int character = value.codePointAt(i);
      if (Joiners.isJoiner(character) && !Joiners.isInWord(value, i)) {
        throw new IllegalArgumentException(
            "a room name has "
                + shown(character)
                + " only after a virama or between letters of one joining script");
      }
      if (!isAllowed(character, i == 0)) {
        throw new IllegalArgumentException(
            "a room name has letters, digits and "
                + PUNCTUATION
                + " only, not "
                + shown(character));
      }
    }
  }

  private static boolean isAllowed(int character, boolean first) {
    return Character.isLetterOrDigit(character)
        || PUNCTUATION.indexOf(character) >= 0
        || (!first && (Joiners.isMark(character) || Joiners.isJoiner(character)));
  }

  private static String shown(int character) {
    String code = String.format("U+%04X", character);
    boolean visible =
        character > ' '
            && character != 0x7f
            && Character.isDefined(character)
            && Character.getType(character) != Character.FORMAT
            && Character.getType(character) != Character.SURROGATE;
    return visible ? "'" + Character.toString(character) + "' (" + code + ")" : code;
  }

  @Override
  public int compareTo(RoomName other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
