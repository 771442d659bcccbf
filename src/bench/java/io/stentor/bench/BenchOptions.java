package io.stentor.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What {@code script/bench} was asked to do.
 *
 * @param bars names of bars; empty means to list them
 * @param only part of the names of the cases that are run; empty for all
 * @param rounds how often each server is run in each bar; medians are of these
 * @param seconds measured time of one run; bar 5 takes six times as long
 * @param java the JVM that servers run on
 * @param javaFlags its flags, the same for every server in Java
 */
record BenchOptions(
    List<String> bars, String only, int rounds, int seconds, String java, List<String> javaFlags) {

  static final String USAGE =
      """
      script/bench [BAR... | all | list] [--only TEXT] [--rounds N] [--seconds S]
                   [--java /path/to/java]

        BAR          bar1 to bar7, sse, centrifuge, compression, deltas, filters, post, flood,
                     durable; "list" says what they are; without any, all
        --only       only the cases of these bars whose names contain this text
        --rounds     runs of each server per bar, 3 by default
        --seconds    measured time of a run, 10 by default; bar 5 takes six times as long
        --java       the JVM for the servers

      Environment: JAVA_FLAGS, the flags of that JVM; PIN=no lets every process use all cores.
      """;

  /**
   * Reads the command line.
   *
   * @throws IllegalArgumentException for what it does not know, naming it
   */
  static BenchOptions parse(String... args) {
    List<String> bars = new ArrayList<>();
    String only = "";
    int rounds = 3;
    int seconds = 10;
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    for (int i = 0; i < args.length; i++) {
      if (args[i].startsWith("--") && i + 1 == args.length) {
        throw new IllegalArgumentException("unknown, or its value is missing: " + args[i]);
      }
      switch (args[i]) {
        case "--only" -> only = args[++i];
        case "--rounds" -> rounds = Integer.parseInt(args[++i]);
        case "--seconds" -> seconds = Integer.parseInt(args[++i]);
        case "--java" -> java = args[++i];
        default -> bars.add(args[i]);
      }
    }
    if (rounds < 1 || seconds < 1) {
      throw new IllegalArgumentException("--rounds and --seconds must be at least 1");
    }
    List<String> flags = List.of(System.getProperty("bench.javaFlags", "").split(" "));
    return new BenchOptions(
        List.copyOf(bars),
        only,
        rounds,
        seconds,
        java,
        flags.stream().filter(f -> !f.isBlank()).toList());
  }

  /** The JVM's tool for collections, or an empty string where there is none. */
  String jcmd() {
    Path beside = Path.of(java).resolveSibling("jcmd");
    Path own = Path.of(System.getProperty("java.home"), "bin", "jcmd");
    return Files.isExecutable(beside)
        ? beside.toString()
        : Files.isExecutable(own) ? own.toString() : "";
  }
}
