package io.stentor.torture;

import io.stentor.torture.Violation.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What came of a rolling restart.
 *
 * @param steps the nodes, in the order of their restarts
 * @param seconds from the first SIGTERM to the last node being ready again
 * @param published texts that were sent
 * @param unanswered those that were sent on a WebSocket that was being closed, and are nowhere;
 *     with how many ns before the client learnt of the close
 * @param heard messages that all clients together were given
 * @param standstillMillis for how long the process of the clients stood still at most
 * @param ends how often connections ended, by close code
 * @param refusals how often a node did not take a client, which then tried another; by reasons
 * @param violations broken promises
 */
record RollingReport(
    RollingScale scale,
    List<Step> steps,
    double seconds,
    int published,
    Map<String, Long> unanswered,
    long heard,
    long standstillMillis,
    Map<Integer, Integer> ends,
    Map<String, Integer> refusals,
    List<Violation> violations) {

  private static final int SHOWN = 10;
  private static final Set<Kind> NAMED =
      Set.of(Kind.MISSING, Kind.REPEAT, Kind.HOLE, Kind.NOT_WHOLE, Kind.CONTINUITY);

  /**
   * One node's restart.
   *
   * @param place which
   * @param jar what it was replaced by
   * @param clients how many were on it
   * @param exitCode of its process
   * @param leftSeconds from SIGTERM to its end
   * @param readySeconds from its start to {@code /health/ready}
   * @param comebacks of its clients, to the other nodes
   * @param wrongMembers what was wrong with the members of rooms some seconds later
   */
  record Step(
      int place,
      String jar,
      long clients,
      int exitCode,
      double leftSeconds,
      double readySeconds,
      Comebacks comebacks,
      List<String> wrongMembers) {

    private double share() {
      return clients == 0 ? 0 : 100.0 * comebacks.busiestSecond() / clients;
    }

    @Override
    public String toString() {
      return String.format(
          "node %d: %d clients, ended with code %d after %.1f s, %s ready after %.1f s; %s (%.1f"
              + " %%)",
          place, clients, exitCode, leftSeconds, jar, readySeconds, comebacks, share());
    }
  }

  /** What must not be; empty where everything is as promised. */
  List<String> problems() {
    List<String> problems = new ArrayList<>();
    violations.stream().limit(SHOWN).forEach(violation -> problems.add(violation.toString()));
    if (violations.size() > SHOWN) {
      problems.add("and " + (violations.size() - SHOWN) + " more");
    }
    for (Step step : steps) {
      step.wrongMembers.stream()
          .limit(SHOWN)
          .forEach(wrong -> problems.add("members after node " + step.place + ": " + wrong));
      long allowed = scale.allowedInASecond(step.clients, standstillMillis);
      if (step.exitCode != 0) {
        problems.add(step + ": exit code");
      }
      if (step.comebacks.all() != step.clients) {
        problems.add(step + ": not everybody came back once");
      }
      if (step.comebacks.busiestSecond() > allowed) {
        problems.add(step + ": more than " + allowed + " in one second");
      }
    }
    if (!ends.keySet().equals(Set.of(LightClient.SHUTDOWN))) {
      problems.add("connections ended with other codes than 3001: " + ends);
    }
    return problems;
  }

  private long count(Kind kind) {
    return violations.stream().filter(violation -> violation.kind() == kind).count();
  }

  private String share() {
    int busiest = steps.stream().mapToInt(step -> step.comebacks.busiestSecond()).max().orElse(0);
    int all = steps.stream().mapToInt(step -> step.comebacks.all()).sum();
    double worst = steps.stream().mapToDouble(Step::share).max().orElse(0);
    return String.format(
        "reconnects %d; busiest second %d, %.1f %% of all, at most %.1f %% of a node's clients",
        all, busiest, all == 0 ? 0 : 100.0 * busiest / all, worst);
  }

  @Override
  public String toString() {
    List<String> lines = new ArrayList<>();
    lines.add("rolling restart, nodes replaced " + steps.size() + ", " + scale);
    steps.forEach(step -> lines.add("  " + step));
    lines.add(
        String.format(
            "  published %d, acknowledged %d, unanswered %d (sent at most %d ms before the close"
                + " was seen), heard %d; it took %.1f s",
            published,
            published - unanswered.size(),
            unanswered.size(),
            unanswered.values().stream().mapToLong(age -> age / 1_000_000).max().orElse(0),
            heard,
            seconds));
    lines.add(
        String.format(
            "  lost %d, repeated %d, gaps %d, not whole %d, told of losses or epochs %d, other"
                + " broken promises %d, rooms with wrong members %d",
            count(Kind.MISSING),
            count(Kind.REPEAT),
            count(Kind.HOLE),
            count(Kind.NOT_WHOLE),
            count(Kind.CONTINUITY),
            violations.size() - NAMED.stream().mapToLong(this::count).sum(),
            steps.stream().mapToLong(step -> step.wrongMembers.size()).sum()));
    lines.add("  " + share() + "; not taken " + refusals + "; close codes " + ends);
    lines.add("  the clients' own process stood still for " + standstillMillis + " ms at most");
    problems().forEach(problem -> lines.add("  !! " + problem));
    return String.join("\n", lines);
  }
}
