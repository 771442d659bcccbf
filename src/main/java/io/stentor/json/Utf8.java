package io.stentor.json;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Checks that bytes and strings are Unicode text. Any thread. */
public final class Utf8 {

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

  /** The bit of each of eight bytes that ASCII leaves unset. */
  private static final long NOT_ASCII = 0x8080808080808080L;

  private Utf8() {}

  /** Returns whether these bytes are well-formed UTF-8 (The Unicode Standard, table 3-7). */
  public static boolean isValid(byte[] bytes) {
    int at = 0;
    while (at < bytes.length) {
      if (bytes[at] >= 0) {
        at = endOfAscii(bytes, at);
      } else {
        int length = sequence(bytes, at);
        if (length == 0) {
          return false;
        }
        at += length;
      }
    }
    return true;
  }

  private static int endOfAscii(byte[] bytes, int from) {
    int at = from;
    while (at + Long.BYTES <= bytes.length && ((long) LONG.get(bytes, at) & NOT_ASCII) == 0) {
      at += Long.BYTES;
    }
    while (at < bytes.length && bytes[at] >= 0) {
      at++;
    }
    return at;
  }

  /** Length of the sequence of two to four bytes that begins here; 0 where it is ill-formed. */
  private static int sequence(byte[] bytes, int at) {
    int lead = bytes[at] & 0xff;
    int length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    if (lead < 0xc2 || lead > 0xf4 || at + length > bytes.length) {
      return 0;
    }
    int second = bytes[at + 1] & 0xff;
    // Neither longer than needed, nor a surrogate, nor beyond the last character.
    int least = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
    int most = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
    if (second < least || second > most) {
      return 0;
    }
    for (int i = 2; i < length; i++) {
      if ((bytes[at + i] & 0xc0) != 0x80) {
        return 0;
      }
    }
    return length;
  }

  /**
   * A string as UTF-8.
   *
   * @throws IllegalArgumentException with one sentence where it has a surrogate without its other
   *     half, for which there is no UTF-8
   */
  public static byte[] of(String text) {
    if (hasLoneSurrogate(text)) {
      throw new IllegalArgumentException(
          "a text has half of a surrogate pair, which is no character");
    }
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Returns whether a string has a surrogate without its other half. */
  public static boolean hasLoneSurrogate(String text) {
    for (int i = 0; i < text.length(); i++) {
      char unit = text.charAt(i);
      if (Character.isSurrogate(unit)) {
        boolean pair =
            Character.isHighSurrogate(unit)
                && i + 1 < text.length()
                && Character.isLowSurrogate(text.charAt(i + 1));
        if (!pair) {
          return true;
        }
        i++;
      }
    }
    return false;
  }
}
