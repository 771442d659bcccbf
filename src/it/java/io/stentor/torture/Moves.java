package io.stentor.torture;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** How clients went from node to node. One thread. */
final class Moves {
  private final Map<Integer, List<Long>> comebacks = new HashMap<>();
  private final Map<Integer, Integer> ends = new TreeMap<>();
  private final Map<String, Integer> refusals = new TreeMap<>();

  /** A connection has ended with this close code; 0 where there was none. */
  void ended(int code) {
    ends.merge(code, 1, Integer::sum);
  }

  /** A client that had left the node in this place is connected elsewhere. */
  void cameBack(int from) {
    comebacks.computeIfAbsent(from, place -> new ArrayList<>()).add(System.nanoTime());
  }

  /** A node did not take a client. */
  void refused(Throwable why) {
    refusals.merge(why.toString().replaceAll("[0-9]{5}", "N"), 1, Integer::sum);
  }

  /** The comebacks, since this moment, of those that had left the node in this place. */
  Comebacks from(int place, long sinceNanos) {
    return Comebacks.at(
        comebacks.getOrDefault(place, List.of()).stream()
            .mapToLong(at -> at)
            .filter(at -> at - sinceNanos >= 0)
            .toArray());
  }

  /** How often connections ended, by close code. */
  Map<Integer, Integer> ends() {
    return new TreeMap<>(ends);
  }

  /** How often a node did not take a client, by the reason. */
  Map<String, Integer> refusals() {
    return new TreeMap<>(refusals);
  }
}
