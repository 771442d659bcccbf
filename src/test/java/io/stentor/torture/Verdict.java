package io.stentor.torture;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What the checker found.
 *
 * @param heard messages that all clients together were given
 * @param published texts that were sent
 * @param acknowledged those of them that came back to their publisher with a position
 * @param epochs epochs that any client saw
 * @param crossings how often a client went on in another epoch without a loss
 * @param toldLosses how often a client was told that its place is lost
 * @param violations broken promises
 */
record Verdict(
    long heard,
    int published,
    int acknowledged,
    int epochs,
    int crossings,
    int toldLosses,
    List<Violation> violations) {

  Verdict {
    violations = List.copyOf(violations);
  }

  /** The same, and these broken promises besides. */
  Verdict with(List<Violation> more) {
    List<Violation> all = new ArrayList<>(violations);
    all.addAll(more);
    return new Verdict(heard, published, acknowledged, epochs, crossings, toldLosses, all);
  }

  /** How many promises were broken in this way. */
  long count(Violation.Kind kind) {
    return violations.stream().filter(violation -> violation.kind() == kind).count();
  }

  /** How many promises were broken in each way; only ways that occurred. */
  Map<Violation.Kind, Long> broken() {
    return violations.stream()
        .collect(
            Collectors.groupingBy(
                Violation::kind, () -> new EnumMap<>(Violation.Kind.class), Collectors.counting()));
  }

  boolean isGood() {
    return violations.isEmpty();
  }
}
