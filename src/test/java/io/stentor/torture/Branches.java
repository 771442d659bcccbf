package io.stentor.torture;

import io.stentor.torture.Violation.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * How the epochs of one room descend from each other, as clients were led from one to the other.
 * Not for several threads.
 */
final class Branches {

  /*
   * A client that goes on from e:5 with f:6, or is told that it is recovered at f:5, was promised
   * that f has the same past as e up to 5. If this holds for e and f up to 5 and for f and g up to
   * 3, then it holds for e and g up to 3. What clients saw in the two epochs up to there has to be
   * the same. And nobody who goes the same way from e to f, at such a position, may be told that it
   * is lost. The other way is different: while nodes are apart, those of e do not know f.
   */

  private final Map<String, Map<String, Long>> shared = new HashMap<>();
  private final Map<String, Map<String, Long>> led = new HashMap<>();
  private final Map<String, String> witnesses = new HashMap<>();
  private final List<Loss> losses = new ArrayList<>();
  private int crossings;

  private record Loss(Place from, Place to, String what) {}

  /** How often a client went on in another epoch. */
  int crossings() {
    return crossings;
  }

  /** A client at a position goes on at another one, without a loss. The offsets are the same. */
  void continued(Place from, Place to, String client) {
    if (!from.epoch().equals(to.epoch())) {
      crossings++;
      led.computeIfAbsent(from.epoch(), epoch -> new HashMap<>())
          .merge(to.epoch(), from.offset(), Math::max);
      share(from.epoch(), to.epoch(), from.offset());
      share(to.epoch(), from.epoch(), from.offset());
      witnesses.putIfAbsent(from.epoch() + to.epoch() + from.offset(), client);
    }
  }

  /** A client at a position is told that this is lost, and where it goes on. */
  void lost(Place from, Place to, String what) {
    losses.add(new Loss(from, to, what));
  }

  private void share(String one, String other, long upTo) {
    shared.computeIfAbsent(one, epoch -> new HashMap<>()).merge(other, upTo, Math::max);
  }

  /** The last offset up to which two epochs are said to have the same past; -1 for none. */
  private long shared(String one, String other) {
    return shared.getOrDefault(one, Map.of()).getOrDefault(other, -1L);
  }

  /**
   * Finds what contradicts this.
   *
   * @param log for each epoch the texts that were seen in it, by offset
   */
  List<Violation> check(Map<String, TreeMap<Long, String>> log) {
    List<Violation> found = new ArrayList<>();
    for (Loss loss : losses) {
      Map<String, Long> ways = led.getOrDefault(loss.from.epoch(), Map.of());
      if (ways.getOrDefault(loss.to.epoch(), -1L) >= loss.from.offset()) {
        found.add(new Violation(Kind.CONTINUITY, loss.what));
      }
    }
    close();
    for (String one : shared.keySet()) {
      for (String other : shared.keySet()) {
        if (one.compareTo(other) < 0) {
          compare(one, other, log, found);
        }
      }
    }
    return found;
  }

  private void compare(
      String one, String other, Map<String, TreeMap<Long, String>> log, List<Violation> found) {
    TreeMap<Long, String> others = log.getOrDefault(other, new TreeMap<>());
    long upTo = shared(one, other);
    log.getOrDefault(one, new TreeMap<>())
        .headMap(upTo, true)
        .forEach(
            (offset, text) -> {
              String there = others.getOrDefault(offset, text);
              if (!there.equals(text)) {
                String what = " are said to be the same up to " + upTo + "; at " + offset + " is ";
                String all = one + " and " + other + what + text + " or " + there;
                found.add(new Violation(Kind.WRONG_PAST, all + witness(one, other, upTo)));
              }
            });
  }

  private String witness(String one, String other, long upTo) {
    String back = witnesses.getOrDefault(other + one + upTo, "several clients");
    return ", says " + witnesses.getOrDefault(one + other + upTo, back);
  }

  /** Adds what follows from two or more steps. */
  private void close() {
    Set<String> epochs = Set.copyOf(shared.keySet());
    for (String middle : epochs) {
      for (String one : epochs) {
        for (String other : epochs) {
          if (!one.equals(other)) {
            share(one, other, Math.min(shared(one, middle), shared(middle, other)));
          }
        }
      }
    }
  }
}
