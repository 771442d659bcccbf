package io.stentor.torture;

import org.jspecify.annotations.Nullable;

/**
 * What a publisher sends: a text that tells where and when it comes from, each one only once.
 *
 * @param connection the publisher and the number of its connection
 * @param number counts up within the connection
 * @param nanos when it was sent, on the clock of {@link System#nanoTime()}
 */
record Message(String connection, long number, long nanos) {

  /** Reads a text; null where it is none of these. */
  static @Nullable Message parse(String text) {
    String[] parts = text.split(" ", -1);
    if (parts.length != 3) {
      return null;
    }
    return new Message(parts[0], Long.parseLong(parts[1]), Long.parseLong(parts[2]));
  }

  /** The text as it is sent. */
  String text() {
    return connection + " " + number + " " + nanos;
  }
}
