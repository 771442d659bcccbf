package io.stentor.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Runs the bars: in each round each server is started, loaded and stopped, one after another; then
 * medians are printed as Markdown and everything is written to {@code target/bench/results.json}.
 */
public final class Bench {
  private static final Path RESULTS = Path.of("target/bench/results.json");
  private static final int JOIN_SECONDS = 60;

  private final BenchOptions options;

  private Bench(BenchOptions options) {
    this.options = options;
  }

  /** Exit code 2 for a bad command line, else 0: a benchmark informs, it does not fail. */
  public static void main(String[] args) throws IOException, InterruptedException {
    try {
      new Bench(BenchOptions.parse(args)).run();
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.err.print(BenchOptions.USAGE);
      System.exit(2);
    }
  }

  private void run() throws IOException, InterruptedException {
    List<Bar> all = new Bars(options).all();
    if (options.bars().contains("list")) {
      all.forEach(bar -> System.out.println(bar.name() + "  " + bar.title()));
      return;
    }
    List<String> members = new ArrayList<>();
    System.out.printf("%s; %d rounds%n", Cores.describe(), options.rounds());
    for (Bar bar : chosen(all)) {
      Results results = run(bar);
      System.out.print(Tables.markdown(bar, results));
      members.add(Tables.json(bar, results));
      Files.writeString(RESULTS, "{" + String.join(",\n", members) + "}\n");
    }
  }

  private List<Bar> chosen(List<Bar> all) {
    List<String> wanted = options.bars();
    List<String> names = all.stream().map(Bar::name).toList();
    boolean isAll = wanted.isEmpty() || wanted.contains("all");
    for (String name : isAll ? List.<String>of() : wanted) {
      if (!names.contains(name)) {
        throw new IllegalArgumentException("no such bar: " + name);
      }
    }
    return all.stream()
        .filter(bar -> isAll || wanted.contains(bar.name()))
        .map(bar -> bar.only(options.only()))
        .filter(bar -> !bar.cases().isEmpty())
        .toList();
  }

  private Results run(Bar bar) throws InterruptedException {
    Results results = new Results();
    for (int round = 1; round <= options.rounds(); round++) {
      for (Bar.Case each : bar.cases()) {
        if (!each.server().available()) {
          results.trouble(each.name(), "skipped: no " + each.server().needs());
          continue;
        }
        System.err.printf(Locale.ROOT, "%s round %d: %s%n", bar.name(), round, each.name());
        try {
          results.add(each.name(), run(each));
        } catch (IOException e) {
          System.err.println("  " + e.getMessage());
          results.trouble(each.name(), e.getMessage());
        }
      }
    }
    return results;
  }

  private String run(Bar.Case each) throws IOException, InterruptedException {
    Candidate candidate = each.server();
    if (candidate.nodes() == 2) {
      return runCluster(each);
    }
    RunningServer.forgetData();
    try (RunningServer server = RunningServer.start(candidate, 0, Map.of())) {
      List<String> args = new ArrayList<>(List.of(each.load().split(" ")));
      String url = candidate.protocol().url(server.port());
      args.addAll(List.of("--url", url, "--pid", Long.toString(server.pid())));
      if (candidate.jvm() && !options.jcmd().isEmpty() && args.contains("idle")) {
        args.addAll(List.of("--gc", options.jcmd()));
      }
      String figures = load(1, args);
      if (!args.contains("--messages")) {
        return figures;
      }
    }
    return restart(candidate);
  }

  /* What was published before has to be there again when the server says that it is ready. */
  private static String restart(Candidate candidate) throws IOException, InterruptedException {
    long begin = System.nanoTime();
    try (RunningServer server = RunningServer.start(candidate, 0, Map.of())) {
      if (!server.isReady(candidate.protocol())) {
        throw new IOException(candidate.name() + " did not become ready again");
      }
      Report report = new Report().add("ready_ms", (System.nanoTime() - begin) / 1e6);
      long memory = ProcessUsage.now(List.of(server.pid())).rssKib();
      return report.add("rss_connected_kib", memory).json();
    }
  }

  /* A free port and a name of its own, so that the two find each other and nobody else. */
  private String runCluster(Bar.Case each) throws IOException, InterruptedException {
    String port = Integer.toString(RunningServer.freePort());
    Map<String, String> same =
        Map.of("STENTOR_CLUSTER_NAME", "bench-" + port, "STENTOR_CLUSTER_PORT", port);
    try (RunningServer a = RunningServer.start(each.server(), 0, same);
        RunningServer b = RunningServer.start(each.server(), 1, same)) {
      List<String> where = List.of("--publish-url", url(a), "--url", url(b));
      awaitJoined(where);
      List<String> args = new ArrayList<>(List.of(each.load().split(" ")));
      args.addAll(where);
      args.addAll(List.of("--pid", a.pid() + "," + b.pid()));
      return load(2, args);
    }
  }

  /* Until what is published on one node arrives at the other. */
  private void awaitJoined(List<String> where) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(JOIN_SECONDS);
    List<String> probe = new ArrayList<>(where);
    probe.addAll(List.of("--connections", "1", "--rate", "20", "--warm", "0", "--seconds", "1"));
    while (Results.numbers(load(2, probe)).getOrDefault("delivered", 0.0) == 0) {
      if (System.nanoTime() > deadline) {
        throw new IOException("the two nodes did not find each other");
      }
    }
  }

  private static String url(RunningServer server) {
    return Protocol.WEB.url(server.port());
  }

  private static String load(int servers, List<String> args)
      throws IOException, InterruptedException {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    List<String> command = new ArrayList<>(List.of(java, "-XX:+UseSerialGC", "-Xms256m"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Load.class.getName()));
    command.addAll(args);
    Process process =
        new ProcessBuilder(Cores.load(servers, command))
            .redirectError(Path.of("target/bench/logs/load.log").toFile())
            .start();
    String line = new String(process.getInputStream().readAllBytes()).strip();
    if (process.waitFor() != 0 || line.isEmpty()) {
      throw new IOException("the load generator failed, see target/bench/logs/load.log");
    }
    if (Results.numbers(line).getOrDefault("connections", 1.0) == 0) {
      throw new IOException("no connection was taken, see target/bench/logs");
    }
    return line;
  }
}
