package io.stentor.support;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Applies patches in the delta format of Fossil, and accepts only well-formed ones. */
public final class FossilPatch {
  private static final String DIGITS =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz~";

  private final byte[] patch;
  private int next;

  private FossilPatch(byte[] patch) {
    this.patch = patch;
  }

  /**
   * Returns what the patch makes out of the base.
   *
   * @throws IllegalArgumentException if the patch does not fit
   */
  public static byte[] apply(byte[] base, byte[] patch) {
    return new FossilPatch(patch).apply(base);
  }

  private byte[] apply(byte[] base) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int length = number();
    require(take() == '\n');
    while (true) {
      int number = number();
      switch (take()) {
        case '@' -> {
          int offset = number();
          require(take() == ',' && offset >= 0 && number > 0 && offset <= base.length - number);
          out.write(base, offset, number);
        }
        case ':' -> {
          require(number > 0 && number <= patch.length - next);
          out.write(patch, next, number);
          next += number;
        }
        case ';' -> {
          byte[] result = out.toByteArray();
          require(next == patch.length && result.length == length && checksum(result) == number);
          return result;
        }
        default -> require(false);
      }
    }
  }

  private static int checksum(byte[] bytes) {
    ByteBuffer words = ByteBuffer.wrap(Arrays.copyOf(bytes, (bytes.length + 3) / 4 * 4));
    int sum = 0;
    while (words.hasRemaining()) {
      sum += words.getInt();
    }
    return sum;
  }

  private int number() {
    int number = 0;
    int from = next;
    while (next < patch.length && DIGITS.indexOf((char) patch[next]) >= 0) {
      number = (number << 6) + DIGITS.indexOf((char) patch[next++]);
    }
    require(next > from);
    return number;
  }

  private int take() {
    require(next < patch.length);
    return patch[next++];
  }

  private static void require(boolean expected) {
    if (!expected) {
      throw new IllegalArgumentException("not a patch for this base");
    }
  }
}
