package io.stentor.torture;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How large a rolling restart is.
 *
 * @param clients how many are connected, over all nodes
 * @param rooms how many rooms they are in, the same number in each
 * @param publishers how many of them publish too; as many besides publish by POST
 * @param everyMillis how often each publisher publishes
 * @param leaveSeconds the nodes' {@code drain.leaveSeconds}
 * @param seed of all that is random here
 */
record RollingScale(
    int clients, int rooms, int publishers, int everyMillis, int leaveSeconds, long seed) {

  /** The nodes' number of event loops. */
  static final int EVENT_LOOPS = 1;

  /** Clients of one event loop that leave in a second at least, see docs/operations/DRAIN.md. */
  static final int LEAST_A_SECOND = 100;

  /** How many times the even pace a second may have: a node that was late catches up. */
  private static final int UNEVEN = 2;

  private static final List<String> OPTIONS =
      List.of("clients", "rooms", "publishers", "everyMillis", "leaveSeconds", "seed");

  RollingScale {
    if (clients < publishers + 3 * rooms) {
      throw new IllegalArgumentException(
          "clients have to be more: " + clients + " for these rooms and publishers");
    }
  }

  /**
   * Reads {@code --clients 3000 --seed 1} and so on; what is left out has its default.
   *
   * @throws IllegalArgumentException in one sentence
   */
  static RollingScale parse(List<String> arguments) {
    Map<String, Integer> values = new LinkedHashMap<>();
    for (int i = 0; i < arguments.size(); i += 2) {
      String name = arguments.get(i).replaceFirst("^--", "");
      String value = i + 1 < arguments.size() ? arguments.get(i + 1) : "";
      if (!OPTIONS.contains(name) || !value.matches("[1-9][0-9]{0,7}")) {
        throw new IllegalArgumentException(
            "'"
                + arguments.get(i)
                + " "
                + value
                + "' is none of --"
                + String.join(" N --", OPTIONS)
                + " N");
      }
      values.put(name, Integer.valueOf(value));
    }
    return new RollingScale(
        values.getOrDefault("clients", 3_000),
        values.getOrDefault("rooms", 10),
        values.getOrDefault("publishers", 10),
        values.getOrDefault("everyMillis", 500),
        values.getOrDefault("leaveSeconds", 10),
        values.getOrDefault("seed", (int) (System.nanoTime() % 1_000_000)));
  }

  /**
   * How many of a node's clients may come back in one second, anywhere.
   *
   * @param standstillMillis for how long the clients stood still: what came then came at once
   */
  long allowedInASecond(long clientsOfNode, long standstillMillis) {
    double even = Math.max(LEAST_A_SECOND * EVENT_LOOPS, (double) clientsOfNode / leaveSeconds);
    double allowed = UNEVEN * even * (1 + standstillMillis / 1000.0);
    return Math.min(clientsOfNode, (long) Math.ceil(allowed));
  }
}
