package io.stentor.message;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A position in a room's log: directly after the publication with {@code offset}. Written as {@code
 * epoch:offset}, which is the same on every transport and node.
 *
 * @param epoch identifies one lifetime of the log; offsets of different epochs cannot be compared.
 *     0 if there is no log
 * @param offset offset of the last publication up to this position; the first publication has 1
 */
public record Position(long epoch, long offset) {

  /** The position in a room without a log. */
  public static final Position NONE = new Position(0, 0);

  /** Exclusive upper bound of epochs, so that their text has at most eight characters. */
  public static final long EPOCH_LIMIT = 1L << 40;

  private static final int RADIX = 36;
  private static final Pattern WRITTEN = Pattern.compile("([0-9a-z]{1,8}):([0-9]{1,19})");

  /**
   * Checks the range of both numbers.
   *
   * @throws IllegalArgumentException if a number is negative or the epoch is too large
   */
  public Position {
    if (epoch < 0 || epoch >= EPOCH_LIMIT || offset < 0) {
      throw new IllegalArgumentException("no position: epoch " + epoch + ", offset " + offset);
    }
  }

  /**
   * Parses {@code epoch:offset}.
   *
   * @throws IllegalArgumentException if the text is invalid; the message is one sentence that
   *     describes the format
   */
  public static Position parse(String text) {
    Matcher matcher = WRITTEN.matcher(text);
    if (matcher.matches()) {
      try {
        return new Position(
            Long.parseLong(matcher.group(1), RADIX), Long.parseLong(matcher.group(2)));
      } catch (IllegalArgumentException e) {
        // Falls through to the clearer error message below.
      }
    }
    throw new IllegalArgumentException(
        "a position is epoch:offset as the server gave it, for example 1a2b3c:42");
  }

  /** Returns the textual form of an epoch, as used in a position. */
  public static String epochText(long epoch) {
    return Long.toString(epoch, RADIX);
  }

  @Override
  public String toString() {
    return epochText(epoch) + ":" + offset;
  }
}
