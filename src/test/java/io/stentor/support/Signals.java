package io.stentor.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which signals a process ignores. Children inherit that ({@code nohup} ignores SIGHUP, shells
 * ignore SIGINT for background jobs), and a JVM then installs no handler for them.
 *
 * @param ignored bit n - 1 stands for signal n
 */
record Signals(long ignored) {
  private static final Map<String, Integer> OF_A_NODE =
      new TreeMap<>(Map.of("HUP", 1, "INT", 2, "TERM", 15));

  /** Those of the JVM that runs the tests; none on systems without {@code /proc}. */
  static Signals inherited() {
    Path status = Path.of("/proc/self/status");
    try {
      return Files.exists(status) ? parse(Files.readString(status)) : new Signals(0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads the text of {@code /proc/<pid>/status}. */
  static Signals parse(String status) {
    String mask =
        status
            .lines()
            .filter(line -> line.startsWith("SigIgn:"))
            .findFirst()
            .orElseThrow()
            .substring("SigIgn:".length())
            .strip();
    return new Signals(Long.parseUnsignedLong(mask, 16));
  }

  /** The command; with the default action for the signals that nodes handle, if one is ignored. */
  List<String> restored(List<String> command) {
    List<String> names =
        OF_A_NODE.entrySet().stream()
            .filter(signal -> (ignored >> (signal.getValue() - 1) & 1) == 1)
            .map(Map.Entry::getKey)
            .toList();
    if (names.isEmpty()) {
      return command;
    }
    List<String> longer =
        new ArrayList<>(List.of("env", "--default-signal=" + String.join(",", names)));
    longer.addAll(command);
    return longer;
  }
}
