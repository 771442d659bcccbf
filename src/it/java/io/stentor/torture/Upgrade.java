package io.stentor.torture;

import io.stentor.support.HttpRoom;
import io.stentor.support.Launch;
import io.stentor.support.NodeProcess;
import io.stentor.support.Ports;
import io.stentor.support.Scrape;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/** What {@code script/upgrade-test} runs: two versions of the jar in one cluster. */
final class Upgrade {
  private static final Duration DECISION = Duration.ofSeconds(60);
  private static final int OK = 200;
  private static final int CREATED = 201;

  private Upgrade() {}

  /** A cluster of the old jar becomes one of the jar under test, and goes back. */
  static RollingRestart of(Path old, RollingScale scale) {
    return new RollingRestart(
        scale, Multitude.Mix.ALL_KINDS, List.of(old, Launch.jarUnderTest(), old));
  }

  /**
   * Runs {@code script/upgrade-test}.
   *
   * @param arguments {@code upgrade-rolling} or {@code upgrade-refusal}, the path of the old jar,
   *     and for the first what {@link RollingScale} reads
   * @return whether every promise was kept
   */
  static boolean main(List<String> arguments) {
    Path old = Path.of(arguments.get(1)).toAbsolutePath();
    if (arguments.get(0).equals("upgrade-refusal")) {
      boolean newcomer = refuses(old, Launch.jarUnderTest());
      return refuses(Launch.jarUnderTest(), old) && newcomer;
    }
    RollingScale scale = RollingScale.parse(arguments.subList(2, arguments.size()));
    try (RollingRestart upgrade = of(old, scale)) {
      RollingReport report = upgrade.run();
      System.out.println(report);
      return report.problems().isEmpty();
    }
  }

  /**
   * A node of one jar runs, and one of another is to join it. Returns whether the second ended with
   * an error and the first was not harmed.
   */
  private static boolean refuses(Path first, Path second) {
    String cluster = "upgrade-" + UUID.randomUUID();
    int range = Ports.freeRange();
    try (NodeProcess runs = start(first, cluster, range).awaitReady()) {
      HttpRoom room = HttpRoom.at(runs.port(), "refusal");
      String before = room.publish("before").position();
      try (NodeProcess comes = start(second, cluster, range)) {
        within(DECISION, () -> !comes.isAlive() || comes.log().toString().contains("ready"));
        boolean ended = !comes.isAlive() && comes.exitCode() != 0;
        System.out.printf(
            "%s comes to %s: %s%n%s%n",
            second.getFileName(),
            first.getFileName(),
            comes.isAlive() ? "NOT REFUSED" : "ends with code " + comes.exitCode(),
            indented(comes.log().toString()));
        List<String> harm = harm(runs, room, before);
        harm.forEach(what -> System.out.println("  !! the first: " + what));
        System.out.println("  the first says:\n" + indented(runs.log().toString()));
        return ended && harm.isEmpty();
      }
    }
  }

  private static NodeProcess start(Path jar, String cluster, int range) {
    return NodeProcess.launch(
        Launch.server("--cluster")
            .withJar(jar)
            .withEnv("STENTOR_CLUSTER_NAME", cluster)
            .withEnv("STENTOR_CLUSTER_HOST", "127.0.0.1")
            .withEnv("STENTOR_CLUSTER_PORT", range)
            .withEnv(
                "STENTOR_CLUSTER_MEMBERS", "127.0.0.1:" + range + ",127.0.0.1:" + (range + 1)));
  }

  private static List<String> harm(NodeProcess node, HttpRoom room, String before) {
    List<String> harm = new ArrayList<>();
    if (!node.isAlive()) {
      return List.of("it has ended");
    }
    if (!within(DECISION, () -> room.get("/health/ready").status() == OK)) {
      harm.add("it is not ready: " + room.get("/health/ready").response().body());
    }
    if (!within(DECISION, () -> Scrape.of(node.port()).get("stentor_cluster_nodes") == 1)) {
      harm.add("it counts more nodes than itself");
    }
    HttpRoom.Answer after = room.publish("after");
    String expected = before.replaceFirst(":1$", ":2");
    if (after.status() != CREATED || !after.position().equals(expected)) {
      harm.add("a text goes to " + after.response().body() + ", not to " + expected);
    }
    return harm;
  }

  private static boolean within(Duration time, BooleanSupplier condition) {
    try {
      Awaitility.await().atMost(time).ignoreExceptions().until(condition::getAsBoolean);
      return true;
    } catch (ConditionTimeoutException tooLate) {
      return false;
    }
  }

  private static String indented(String lines) {
    return lines.strip().indent(4).stripTrailing();
  }
}
