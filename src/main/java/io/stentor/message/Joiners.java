package io.stentor.message;

import java.lang.Character.UnicodeScript;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides where a name may contain a zero-width joiner (U+200D) or non-joiner (U+200C). Persian,
 * Sinhala and many Indic words need them; anywhere else they would allow two different names that
 * look the same. The rule follows CONTEXTJ of RFC 5892, appendix A: directly after a virama, or
 * between two letters of the same joining script.
 */
final class Joiners {

  static final int NON_JOINER = 0x200c;
  static final int JOINER = 0x200d;

  /** Viramas: signs that suppress the vowel of the preceding letter. */
  private static final String VIRAMAS =
      "\u094d\u09cd\u0a4d\u0acd\u0b4d\u0bcd\u0c4d\u0ccd\u0d4d\u0dca\u1039\u103a\u17d2\u1b44\ua9c0";

  private static final Set<UnicodeScript> JOINING =
      EnumSet.of(
          UnicodeScript.ARABIC,
          UnicodeScript.SYRIAC,
          UnicodeScript.MANDAIC,
          UnicodeScript.NKO,
          UnicodeScript.MONGOLIAN,
          UnicodeScript.DEVANAGARI,
          UnicodeScript.BENGALI,
          UnicodeScript.GURMUKHI,
          UnicodeScript.GUJARATI,
          UnicodeScript.ORIYA,
          UnicodeScript.TAMIL,
          UnicodeScript.TELUGU,
          UnicodeScript.KANNADA,
          UnicodeScript.MALAYALAM,
          UnicodeScript.SINHALA,
          UnicodeScript.MYANMAR,
          UnicodeScript.KHMER,
          UnicodeScript.BALINESE,
          UnicodeScript.JAVANESE);

  private Joiners() {}

  static boolean isJoiner(int character) {
    return character == NON_JOINER || character == JOINER;
  }

  /** Returns whether the joiner at this index is allowed as part of a word. */
  static boolean isInWord(String name, int index) {
    if (index == 0) {
      return false;
    }
    if (VIRAMAS.indexOf(name.charAt(index - 1)) >= 0) {
      return true;
    }
    UnicodeScript script = scriptBefore(name, index);
    return script != null && JOINING.contains(script) && script == scriptAfter(name, index);
  }

  /** Returns the script of the preceding letter, skipping its marks; null if there is none. */
  private static @Nullable UnicodeScript scriptBefore(String name, int index) {
    int at = index;
    while (at > 0) {
      int character = name.codePointBefore(at);
      if (Character.isLetter(character)) {
        return UnicodeScript.of(character);
      }
      if (!isMark(character)) {
        return null;
      }
      at -= Character.charCount(character);
    }
    return null;
  }

  private static @Nullable UnicodeScript scriptAfter(String name, int index) {
    if (index + 1 == name.length()) {
      return null;
    }
    int character = name.codePointAt(index + 1);
    return Character.isLetter(character) || isMark(character) ? UnicodeScript.of(character) : null;
  }

  /** Returns whether the character at this index is a joiner that combines two emoji. */
  static boolean isInEmoji(String name, int index) {
    return name.charAt(index) == JOINER
        && index > 0
        && index + 1 < name.length()
        && isEmoji(name.codePointBefore(index))
        && isEmoji(name.codePointAt(index + 1));
  }

  private static boolean isEmoji(int character) {
    int type = Character.getType(character);
    return type == Character.OTHER_SYMBOL
        || type == Character.MODIFIER_SYMBOL
        || type == Character.MATH_SYMBOL
        || character == 0xfe0f
        || (character >= 0x1f000 && character <= 0x1faff);
  }

  /** Returns whether a character is a mark that combines with the preceding letter. */
  static boolean isMark(int character) {
    int type = Character.getType(character);
    return type == Character.NON_SPACING_MARK || type == Character.COMBINING_SPACING_MARK;
  }
}
