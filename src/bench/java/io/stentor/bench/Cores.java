package io.stentor.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Which core a process may use: servers the first ones, the load generator the last. With {@code
 * PIN=no} in the environment, every process may use all of them.
 */
final class Cores {
  private static final int COUNT = Runtime.getRuntime().availableProcessors();
  private static final boolean MAY_PIN = !"no".equals(System.getenv("PIN"));
  private static final boolean CAN_PIN =
      MAY_PIN
          && COUNT > 1
          && Stream.of(System.getenv("PATH").split(":"))
              .anyMatch(dir -> Files.isExecutable(Path.of(dir, "taskset")));

  private Cores() {}

  /** Says in words what is pinned. */
  static String describe() {
    return CAN_PIN
        ? "server on core 0, load generator on core " + (COUNT - 1)
        : MAY_PIN ? "nothing pinned: it takes two cores and taskset" : "nothing pinned";
  }

  /** Whether one server and the load generator have a core each. */
  static boolean apart() {
    return CAN_PIN;
  }

  /** A command confined to the core of the server with this number, from 0, of so many. */
  static List<String> server(int number, int servers, List<String> command) {
    return pin(servers < COUNT, number, command);
  }

  /** A command confined to the load generator's core, while so many servers run. */
  static List<String> load(int servers, List<String> command) {
    return pin(servers < COUNT, COUNT - 1, command);
  }

  private static List<String> pin(boolean enough, int core, List<String> command) {
    if (!CAN_PIN || !enough) {
      return command;
    }
    List<String> pinned = new ArrayList<>(List.of("taskset", "-c", Integer.toString(core)));
    pinned.addAll(command);
    return pinned;
  }
}
