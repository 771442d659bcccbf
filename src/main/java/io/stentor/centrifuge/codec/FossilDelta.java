package io.stentor.centrifuge.codec;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Writes the difference between two byte arrays in the delta format of Fossil, which decoders of
 * the Centrifuge SDKs apply. One thread.
 */
final class FossilDelta {

  /*
   * A patch is the length of the result, a line end, commands, and a checksum with a semicolon. The
   * command LENGTH@OFFSET, copies from the base, and LENGTH:BYTES inserts. Numbers are in base 64.
   *
   * What both begin and end with is compared first. In the usual message, of which a few fields have
   * changed, that leaves little. In the rest, each position is looked up in two places: at the
   * distance of the last copy, which finds what follows a value that was replaced, and in an index
   * of the base. Each byte is compared a limited number of times, so the time is linear. The longer
   * nothing is found, the more positions are left out.
   */

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());
  private static final VarHandle BIG_ENDIAN_INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final byte[] DIGITS =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz~"
          .getBytes(StandardCharsets.US_ASCII);

  /** Number of bytes that the index compares, and the distance of its entries. */
  private static final int WINDOW = 8;

  /** A shorter rest is not searched. */
  private static final int LEAST_SEARCHED = 2 * WINDOW;

  /** After so many positions without a match, one more position is left out each time. */
  private static final int PATIENCE = 64;

  /** Maximum size of a base and a target; a search in more would stop the event loop for long. */
  static final int MAX_BYTES = 256 * 1024;

  /** Bytes of a copy besides its numbers, and of the insert after it. */
  private static final int COPY_OVERHEAD = 4;

  private static final long MIX = 0x9e37_79b9_7f4a_7c15L;

  private final byte[] base;
  private final byte[] target;
  private final boolean text;
  private final int limit;
  private byte[] out;
  private int size;

  /** Everything before this index of the target is in the patch. */
  private int written;

  private FossilDelta(byte[] base, byte[] target, boolean text, int limit) {
    this.base = base;
    this.target = target;
    this.text = text;
    this.limit = limit;
    this.out = new byte[Math.max(0, Math.min(limit, 256))];
  }

  /**
   * Returns a patch that makes the target out of the base.
   *
   * @param text whether both are UTF-8 and the patch has to be, too
   * @param limit maximum length of the patch
   * @return null if the patch would be longer, or the base or the target has more than {@link
   *     #MAX_BYTES} bytes
   */
  static byte @Nullable [] patch(byte[] base, byte[] target, boolean text, int limit) {
    if (Math.max(base.length, target.length) > MAX_BYTES) {
      return null;
    }
    FossilDelta delta = new FossilDelta(base, target, text, limit);
    delta.write();
    return delta.size <= limit ? Arrays.copyOf(delta.out, delta.size) : null;
  }

  private void write() {
    int most = Math.min(base.length, target.length);
    int mismatch = Arrays.mismatch(base, 0, most, target, 0, most);
    int prefix = mismatch < 0 ? most : mismatch;
    int suffix = 0;
    while (suffix < most - prefix
        && base[base.length - 1 - suffix] == target[target.length - 1 - suffix]) {
      suffix++;
    }
    writeNumber(target.length);
    writeByte('\n');
    copy(0, 0, prefix);
    if (target.length - prefix - suffix >= LEAST_SEARCHED) {
      search(prefix, target.length - suffix);
    }
    copy(base.length - suffix, target.length - suffix, suffix);
    insertUpTo(target.length);
    writeNumber(checksum(target));
    writeByte(';');
  }

  /** Searches the base for parts of a section of the target. */
  private void search(int from, int to) {
    int[] index = index();
    int distance = 0;
    int missed = 0;
    int at = from;
    while (at + WINDOW <= to && size <= limit) {
      int indexed = index[slot(window(target, at), index.length)] - 1;
      int here = common(at + distance, at, to);
      int there = common(indexed, at, to);
      if (Math.max(here, there) == 0) {
        at += 1 + missed++ / PATIENCE;
        continue;
      }
      missed = 0;
      distance = here >= there ? distance : indexed - at;
      int start = at;
      while (start > written
          && start + distance > 0
          && base[start + distance - 1] == target[start - 1]) {
        start--;
      }
      at += Math.max(here, there);
      copy(start + distance, start, at - start);
    }
  }

  /** Returns the positions in the base by the bytes there, each plus one; 0 for none. */
  private int[] index() {
    int entries = Math.max(1, base.length / WINDOW);
    int[] index = new int[Integer.highestOneBit(entries) * 4];
    for (int i = 0; i + WINDOW <= base.length; i += WINDOW) {
      index[slot(window(base, i), index.length)] = i + 1;
    }
    return index;
  }

  private static long window(byte[] bytes, int at) {
    return (long) LONG.get(bytes, at);
  }

  /** Returns a hash below a power of two. */
  private static int slot(long window, int slots) {
    return (int) ((window * MIX) >>> Long.numberOfLeadingZeros(slots - 1));
  }

  /** Returns how many bytes are equal from there on; 0 if they are fewer than a window. */
  private int common(int inBase, int at, int to) {
    if (inBase < 0 || inBase + WINDOW > base.length || window(base, inBase) != window(target, at)) {
      return 0;
    }
    int most = Math.min(base.length - inBase, to - at);
    int mismatch = Arrays.mismatch(base, inBase, inBase + most, target, at, at + most);
    return mismatch < 0 ? most : mismatch;
  }

  /** Copies a section that is equal in the base, unless it is too short to be worth it. */
  private void copy(int inBase, int at, int length) {
    int start = at;
    int end = at + length;
    if (text) { // An insert must not begin or end within a character.
      while (start < end && isWithinCharacter(start)) {
        start++;
      }
      while (start < end && isWithinCharacter(end)) {
        end--;
      }
    }
    int offset = inBase + start - at;
    if (end - start > digits(end - start) + digits(offset) + COPY_OVERHEAD) {
      insertUpTo(start);
      writeNumber(end - start);
      writeByte('@');
      writeNumber(offset);
      writeByte(',');
      written = end;
    }
  }

  private boolean isWithinCharacter(int index) {
    return index < target.length && (target[index] & 0xc0) == 0x80;
  }

  private void insertUpTo(int end) {
    int length = end - written;
    if (length > 0) {
      writeNumber(length);
      writeByte(':');
      if (reserve(length)) {
        System.arraycopy(target, written, out, size, length);
      }
      size += length;
      written = end;
    }
  }

  /** Returns the sum of the bytes as big-endian integers, with zeros at the end. */
  private static int checksum(byte[] bytes) {
    int sum = 0;
    int i = 0;
    for (; i + Integer.BYTES <= bytes.length; i += Integer.BYTES) {
      sum += (int) BIG_ENDIAN_INT.get(bytes, i);
    }
    for (int shift = 24; i < bytes.length; i++, shift -= 8) {
      sum += (bytes[i] & 0xff) << shift;
    }
    return sum;
  }

  private static int digits(int number) {
    return Math.max(1, (Integer.SIZE - Integer.numberOfLeadingZeros(number) + 5) / 6);
  }

  private void writeNumber(int number) {
    for (int i = digits(number) - 1; i >= 0; i--) {
      writeByte(DIGITS[(number >>> (6 * i)) & 63]);
    }
  }

  private void writeByte(int one) {
    if (reserve(1)) {
      out[size] = (byte) one;
    }
    size++;
  }

  /** Makes room in the buffer. Returns false if the patch has become too long. */
  private boolean reserve(int bytes) {
    if (size + bytes > limit) {
      return false;
    }
    if (size + bytes > out.length) {
      out = Arrays.copyOf(out, Math.min(limit, Math.max(2 * out.length, size + bytes)));
    }
    return true;
  }
}
