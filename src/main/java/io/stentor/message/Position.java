package io.stentor.message;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A place in a room's log: everything up to and including {@code offset} is behind it. Written as
 * {@code epoch:offset}, the same on every transport and node.
 *
 * @param epoch which life of the log; offsets of different epochs cannot be compared. 0 where there
 *     is no log
 * @param offset number of the last publication behind this place; the first publication has 1
 */
public record Position(long epoch, long offset) {

  /** The place in a room that keeps no log. */
  public static final Position NONE = new Position(0, 0);

  /** Epochs are below this, so that their text has at most eight characters. */
  public static final long EPOCH_LIMIT = 1L << 40;

  private static final int RADIX = 36;
  private static final Pattern WRITTEN = Pattern.compile("([0-9a-z]{1,8}):([0-9]{1,19})");

  /**
   * Checks the range of both numbers.
   *
   * @throws IllegalArgumentException when a number is negative or an epoch too large
   */
  public Position {
    if (epoch < 0 || epoch >= EPOCH_LIMIT || offset < 0) {
      throw new IllegalArgumentException("no position: epoch " + epoch + ", offset " + offset);
    }
  }

  /**
   * Reads {@code epoch:offset}.
   *
   * @throws IllegalArgumentException with one sentence that says what a position looks like
   */
  public static Position parse(String text) {
    Matcher matcher = WRITTEN.matcher(text);
    if (matcher.matches()) {
      try {
        return new Position(
            Long.parseLong(matcher.group(1), RADIX), Long.parseLong(matcher.group(2)));
      } catch (IllegalArgumentException e) {
        // Falls through to the one sentence below, which says it better.
      }
    }
    throw new IllegalArgumentException(
        "a position is epoch:offset as the server gave it, for example 1a2b3c:42");
  }

  /** The epoch as it is written in a position. */
  public static String epochText(long epoch) {
    return Long.toString(epoch, RADIX);
  }

  @Override
  public String toString() {
    return epochText(epoch) + ":" + offset;
  }
}
