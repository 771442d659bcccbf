package io.stentor.torture;

import io.stentor.torture.Violation.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * Runs rounds on some nodes: every fault in turn, or those that are named. Arguments: how many
 * rounds, the seed, then names of {@link Fault}s; the same after {@code blackout} for nodes that
 * have data directories; or {@code rolling} and what {@link RollingScale} reads; or what {@link
 * Upgrade} reads. Exit code 1 when a promise was broken.
 */
public final class Torture implements AutoCloseable {
  private static final int NODES = Integer.getInteger("nodes", 3);
  private static final int SHOWN = 10;

  /** How long nodes that run may take to be one cluster, and service to be whole. */
  private static final Duration SLOW = Duration.ofSeconds(10);

  private final Nodes nodes;
  private final Owner owner;
  private final Round.Crowd crowd;
  private final long seed;
  private final Map<Fault, List<Round.Result>> results = new EnumMap<>(Fault.class);

  private Torture(Round.Crowd crowd, long seed, Nodes nodes) {
    this.crowd = crowd;
    this.seed = seed;
    this.nodes = nodes;
    this.owner = new Owner(nodes);
  }

  /** Starts the nodes, in namespaces of their own where this user may make them. */
  static Torture start(Round.Crowd crowd, long seed) {
    return new Torture(crowd, seed, new Nodes(NODES, Network.best(NODES)));
  }

  /** Starts nodes that have data directories. */
  static Torture startWithDisks(int nodes, Round.Crowd crowd, long seed) {
    Network network = new Network.Loopback();
    return new Torture(crowd, seed, new Nodes(nodes, network, new Disks(), launch -> launch));
  }

  /** Runs {@code script/torture}. */
  public static void main(String[] args) {
    if (args.length > 0 && args[0].equals("rolling")) {
      System.exit(RollingRestart.main(List.of(args).subList(1, args.length)) ? 0 : 1);
    }
    if (args.length > 1 && args[0].startsWith("upgrade-")) {
      System.exit(Upgrade.main(List.of(args)) ? 0 : 1);
    }
    boolean blackout = args.length > 0 && args[0].equals("blackout");
    List<String> rest = List.of(args).subList(blackout ? 1 : 0, args.length);
    List<Fault> faults = rest.stream().skip(2).map(Fault::valueOf).toList();
    if (faults.isEmpty()) {
      faults = Stream.of(Fault.values()).filter(fault -> fault.isBlackout() == blackout).toList();
    }
    int rounds = rest.isEmpty() ? faults.size() : Integer.parseInt(rest.get(0));
    long seed = rest.size() > 1 ? Long.parseLong(rest.get(1)) : new Random().nextInt(1_000_000);
    Round.Crowd crowd =
        new Round.Crowd(
            Integer.getInteger("publishers", 50),
            Integer.getInteger("listeners", 50),
            Long.getLong("everyMillis", 500));
    System.out.println("seed " + seed + ", " + crowd);
    boolean good;
    try (Torture torture = blackout ? startWithDisks(NODES, crowd, seed) : start(crowd, seed)) {
      good = torture.run(rounds, faults);
    }
    System.exit(good ? 0 : 1);
  }

  /** Runs so many rounds, with these faults in turn. Returns whether every promise was kept. */
  boolean run(int rounds, List<Fault> faults) {
    List<Fault> possible = faults.stream().filter(this::canStrike).toList();
    boolean good = true;
    for (int round = 0; round < rounds; round++) {
      good &= run(round, possible.get(round % possible.size())).isGood();
    }
    summarize();
    return good;
  }

  /** Whether the fault can be done on this machine by this user. */
  boolean canStrike(Fault fault) {
    return fault.isPossible(nodes);
  }

  /** Runs one round. */
  Verdict run(int number, Fault fault) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(200))
        .until(owner::isSpread);
    String room = "torture-" + seed + "-" + number + (number % 2 == 1 ? Disks.SYNCED : "");
    Round.Result result = new Round(nodes, owner, crowd, fault, room, seed * 1_000 + number).run();
    Verdict verdict = result.verdict();
    results.computeIfAbsent(fault, key -> new ArrayList<>()).add(result);
    System.out.println("round " + number + " " + fault + ": " + String.join(" | ", result.story()));
    System.out.println("    " + figures(verdict));
    System.out.println("    " + Comebacks.of(result.transcripts()));
    if (!verdict.isGood()) {
      verdict.violations().stream().limit(SHOWN).forEach(v -> System.out.println("    !! " + v));
    }
    boolean slow =
        !fault.isBlackout()
            && result.times().values().stream().anyMatch(time -> time.compareTo(SLOW) > 0);
    if (slow || !verdict.isGood()) {
      System.out.println("    " + (slow ? "slow; " : "") + "all of it in " + save(number, result));
    }
    return verdict;
  }

  private static String figures(Verdict verdict) {
    return String.format(
        "published %d, acknowledged %d, heard %d, epochs %d, crossed %d, told losses %d; %s",
        verdict.published(),
        verdict.acknowledged(),
        verdict.heard(),
        verdict.epochs(),
        verdict.crossings(),
        verdict.toldLosses(),
        broken(verdict::count));
  }

  private static String broken(ToLongFunction<Kind> count) {
    return Stream.of(Kind.values())
        .map(kind -> kind.name().toLowerCase(Locale.ROOT) + " " + count.applyAsLong(kind))
        .collect(Collectors.joining(", "));
  }

  private void summarize() {
    System.out.println("== seed " + seed);
    results.forEach(
        (fault, all) -> {
          long good = all.stream().filter(result -> result.verdict().isGood()).count();
          System.out.printf(
              "%-20s %d rounds, %d without a broken promise; %s%n",
              fault, all.size(), good, times(all));
        });
    List<Verdict> verdicts =
        results.values().stream().flatMap(List::stream).map(Round.Result::verdict).toList();
    System.out.printf(
        "acknowledged %d, heard %d, crossed %d, told losses %d; %s%n",
        verdicts.stream().mapToLong(Verdict::acknowledged).sum(),
        verdicts.stream().mapToLong(Verdict::heard).sum(),
        verdicts.stream().mapToLong(Verdict::crossings).sum(),
        verdicts.stream().mapToLong(Verdict::toldLosses).sum(),
        broken(kind -> verdicts.stream().mapToLong(verdict -> verdict.count(kind)).sum()));
  }

  /** For each step: in how many rounds service was whole after it, the median and the longest. */
  private static String times(List<Round.Result> all) {
    Map<String, List<Duration>> times = new TreeMap<>();
    all.forEach(
        result ->
            result
                .times()
                .forEach(
                    (step, time) -> times.computeIfAbsent(step, s -> new ArrayList<>()).add(time)));
    return times.entrySet().stream()
        .map(
            step -> {
              List<Duration> sorted = step.getValue().stream().sorted().toList();
              return String.format(
                  "%s %d× %.1f…%.1f s",
                  step.getKey(),
                  sorted.size(),
                  sorted.get(sorted.size() / 2).toMillis() / 1e3,
                  sorted.get(sorted.size() - 1).toMillis() / 1e3);
            })
        .collect(Collectors.joining(", "));
  }

  private Path save(int number, Round.Result result) {
    try {
      Path directory = Files.createDirectories(Path.of("target", "torture", seed + "-" + number));
      Files.writeString(directory.resolve("nodes.log"), nodes.logs());
      Files.write(
          directory.resolve("violations.txt"),
          result.verdict().violations().stream().map(Violation::toString).toList());
      Files.write(
          directory.resolve("transcripts.txt"),
          result.transcripts().stream().map(Transcript::toString).toList());
      return directory;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    owner.close();
    nodes.close();
  }
}
