package io.stentor.support;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The lines that a process has written so far. Any thread. */
public final class LogLines {
  private final List<String> lines = new ArrayList<>();
  private boolean ended;

  /** Begins to read the stream, on a thread of its own, to its end. */
  public LogLines(InputStream in, String name) {
    Thread reader = new Thread(() -> read(in), "log of " + name);
    reader.setDaemon(true);
    reader.start();
  }

  /** A copy of all lines so far. */
  public synchronized List<String> all() {
    return List.copyOf(lines);
  }

  /** A copy of the lines so far, from the one with this index on. */
  public synchronized List<String> from(int index) {
    return List.copyOf(lines.subList(index, lines.size()));
  }

  /** Waits until the process has written its last line, and returns all of them. */
  public List<String> awaitEnd(Duration timeout) {
    awaitOrEnd(line -> false, 0, timeout);
    return all();
  }

  /**
   * Waits for a line in which the pattern is found, among those already written too.
   *
   * @throws AssertionError when the time is over or the log ends without such a line; its message
   *     holds the log
   */
  public String await(String pattern, Duration timeout) {
    return await(pattern, 0, timeout);
  }

  /** The same, from the line with this index on. */
  public String await(String pattern, int from, Duration timeout) {
    Predicate<String> found = Pattern.compile(pattern).asPredicate();
    String line = awaitOrEnd(found, from, timeout);
    if (line == null) {
      throw new AssertionError("no line with /" + pattern + "/ in:\n" + this);
    }
    return line;
  }

  @Override
  public String toString() {
    return String.join("\n", all());
  }

  private synchronized @Nullable String awaitOrEnd(
      Predicate<String> found, int from, Duration timeout) {
    long deadline = System.nanoTime() + timeout.toNanos();
    int next = from;
    while (true) {
      for (; next < lines.size(); next++) {
        if (found.test(lines.get(next))) {
          return lines.get(next);
        }
      }
      long millis = (deadline - System.nanoTime()) / 1_000_000;
      if (ended || millis <= 0) {
        return null;
      }
      try {
        wait(millis);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return null;
      }
    }
  }

  private void read(InputStream in) {
    try (BufferedReader reader =
        new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        add(line);
      }
    } catch (IOException closed) {
      add("(the log was cut off: " + closed.getMessage() + ")");
    }
    end();
  }

  private synchronized void add(String line) {
    lines.add(line);
    notifyAll();
  }

  private synchronized void end() {
    ended = true;
    notifyAll();
  }
}
