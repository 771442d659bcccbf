package io.stentor.centrifuge;

import java.util.ArrayDeque;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Lines with commands that have come and wait for their turn. One event loop. */
final class CommandQueue {

  private final ArrayDeque<byte[]> lines = new ArrayDeque<>();
  private long bytes;

  /**
   * Splits a message into its lines; empty ones do not count.
   *
   * @return how many there were
   */
  int add(byte[] message) {
    int count = 0;
    int from = 0;
    for (int i = 0; i <= message.length; i++) {
      if (i == message.length || message[i] == '\n') {
        if (!isBlank(message, from, i)) {
          lines.add(Arrays.copyOfRange(message, from, i));
          bytes += i - from;
          count++;
        }
        from = i + 1;
      }
    }
    return count;
  }

  /**
   * Takes a message that is one object, however many lines it has.
   *
   * @return 1, or 0 where it is empty
   */
  int addWhole(byte[] message) {
    if (message.length == 0) {
      return 0;
    }
    lines.add(message);
    bytes += message.length;
    return 1;
  }

  private static boolean isBlank(byte[] message, int from, int to) {
    for (int i = from; i < to; i++) {
      if (message[i] != ' ' && message[i] != '\t' && message[i] != '\r') {
        return false;
      }
    }
    return true;
  }

  /** The next line; null where none waits. */
  byte @Nullable [] poll() {
    byte[] line = lines.poll();
    if (line != null) {
      bytes -= line.length;
    }
    return line;
  }

  /** Bytes that wait. */
  long bytes() {
    return bytes;
  }

  void clear() {
    lines.clear();
    bytes = 0;
  }
}
