package io.stentor.torture;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Measures how long after a fault service is whole again: until every client has got one message
 * that was published after it. Any thread.
 */
final class BackToWhole {
  private final int clients;
  private final Map<String, Integer> heardBy = new HashMap<>();
  private long sinceNanos;
  private boolean whole;
  private long wholeNanos;

  BackToWhole(int clients) {
    this.clients = clients;
  }

  /** Something was broken, or mended, at this moment. */
  synchronized void begin() {
    heardBy.clear();
    whole = false;
    sinceNanos = System.nanoTime();
  }

  /** A client got this text for the first time. */
  synchronized void heard(String text, long nanos) {
    Message message = whole ? null : Message.parse(text);
    if (message != null
        && message.nanos() - sinceNanos >= 0
        && heardBy.merge(text, 1, Integer::sum) == clients) {
      whole = true;
      wholeNanos = nanos;
      notifyAll();
    }
  }

  /**
   * Waits until service is whole. Returns the time since the last {@link #begin}, null if never.
   */
  synchronized @Nullable Duration await(Duration timeout) {
    long deadline = System.nanoTime() + timeout.toNanos();
    try {
      while (!whole) {
        long millis = (deadline - System.nanoTime()) / 1_000_000;
        if (millis <= 0) {
          return null;
        }
        wait(millis);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    }
    return Duration.ofNanos(wholeNanos - sinceNanos);
  }
}
