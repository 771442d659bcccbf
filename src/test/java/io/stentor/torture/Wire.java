package io.stentor.torture;

import io.stentor.torture.Event.Told;
import java.util.Locale;

/** How the sub-protocol {@code stentor.cursor} looks to a client. */
final class Wire {
  /** Name of the sub-protocol. */
  static final String CURSOR = "stentor.cursor";

  private Wire() {}

  /**
   * Reads one text frame: {@code epoch:offset}, a newline and the text; or one line that tells of
   * the place, {@code joined epoch:offset}.
   */
  static Event read(String frame) {
    int newline = frame.indexOf('\n');
    if (newline >= 0) {
      Place at = Place.parse(frame.substring(0, newline));
      return new Event.Heard(at, frame.substring(newline + 1), System.nanoTime());
    }
    String[] words = frame.split(" ", 3);
    return new Event.Placed(Told.valueOf(words[0].toUpperCase(Locale.ROOT)), Place.parse(words[1]));
  }
}
