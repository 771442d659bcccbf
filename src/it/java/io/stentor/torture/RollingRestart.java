package io.stentor.torture;

import static org.awaitility.Awaitility.await;

import com.sun.management.UnixOperatingSystemMXBean;
import io.stentor.support.Launch;
import io.stentor.support.NodeProcess;
import io.stentor.support.RawHttp;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.awaitility.core.ConditionTimeoutException;

/**
 * Three nodes are replaced one after the other, by the same version or by another, while thousands
 * of clients are connected and publishers are at work; everything that every client saw is checked,
 * and after each step the members of every room, as each node lists them and clients were told.
 */
final class RollingRestart implements AutoCloseable {
  private static final int NODES = 3;
  private static final Duration PATIENCE = Duration.ofSeconds(120);

  /** After a step, see docs/PROMISES.md. */
  private static final Duration MEMBERS_CONVERGE = Duration.ofSeconds(10);

  private static final Duration HEARD = Duration.ofSeconds(30);
  private static final int OTHER_FILES = 500;
  private static final int SPARE_DRAIN_SECONDS = 15;
  private static final int OK = 200;

  private final RollingScale scale;
  private final List<Path> jars;
  private final Random random;
  private final Nodes nodes;
  private final List<Integer> ports;
  private final List<PostingRoom> postings = new ArrayList<>();
  private final Multitude multitude;
  private final ScheduledExecutorService threads;

  /** What the next node is started with. */
  private Path jar;

  /** Starts the nodes, all with the jar under test, which stays. */
  RollingRestart(RollingScale scale) {
    this(scale, Multitude.Mix.PLAIN, List.of(Launch.jarUnderTest(), Launch.jarUnderTest()));
  }

  /**
   * Starts the nodes.
   *
   * @param jars the first is what they are started with; with each that follows, every node is
   *     replaced in turn
   */
  RollingRestart(RollingScale scale, Multitude.Mix mix, List<Path> jars) {
    requireFiles(scale.clients());
    this.scale = scale;
    this.jars = List.copyOf(jars);
    this.jar = jars.get(0);
    this.random = new Random(scale.seed());
    this.threads = Executors.newScheduledThreadPool(scale.publishers());
    this.nodes = new Nodes(NODES, new Network.Loopback(), null, this::configured);
    this.ports = IntStream.range(0, NODES).mapToObj(i -> nodes.process(i).port()).toList();
    Map<String, ReferenceLog> logs = new LinkedHashMap<>();
    for (int i = 0; i < scale.rooms(); i++) {
      PostingRoom posting =
          new PostingRoom(
              "rolling-" + scale.seed() + "-" + i,
              ports.stream().map(port -> "127.0.0.1:" + port).toList(),
              random.nextLong());
      postings.add(posting);
      // Nodes that have just started move rooms, and one without a log changes its epoch then.
      logs.put(posting.name(), new ReferenceLog(posting.publishOne()));
    }
    this.multitude = new Multitude(ports, scale.clients(), logs, mix, random.nextLong());
  }

  private Launch configured(Launch launch) {
    return launch
        .withJar(jar)
        // A busy machine is no node that stands still, and no client that is dead.
        .withEnv("STENTOR_WEB_SOCKET_PONG_TIMEOUT_SECONDS", 60)
        .withEnv("STENTOR_CLUSTER_FAILURE_DETECTION_SECONDS", 60)
        .withEnv("STENTOR_DRAIN_LEAVE_SECONDS", scale.leaveSeconds())
        .withEnv("STENTOR_DRAIN_TIMEOUT_SECONDS", scale.leaveSeconds() + SPARE_DRAIN_SECONDS)
        .withEnv("STENTOR_EVENT_LOOPS", RollingScale.EVENT_LOOPS);
  }

  /** Each client is an open file here, and on some node. */
  private static void requireFiles(int clients) {
    long limit =
        ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
            ? system.getMaxFileDescriptorCount()
            : Long.MAX_VALUE;
    if (limit < clients + OTHER_FILES) {
      throw new IllegalArgumentException(
          clients
              + " clients need "
              + (clients + OTHER_FILES)
              + " open files, and this system allows "
              + limit
              + ": raise its hard limit (ulimit -Hn), or name fewer --clients");
    }
  }

  /** Runs {@code script/torture rolling}. Returns whether every promise was kept. */
  static boolean main(List<String> arguments) {
    RollingReport report;
    try (RollingRestart restart = new RollingRestart(RollingScale.parse(arguments))) {
      report = restart.run();
    } catch (IllegalArgumentException e) {
      System.err.println("script/torture: " + e.getMessage());
      return false;
    }
    System.out.println(report);
    return report.problems().isEmpty();
  }

  /** Does it once. */
  RollingReport run() {
    multitude.join();
    awaitPlaced();
    startPublishing();
    long begin = System.nanoTime();
    List<RollingReport.Step> steps = new ArrayList<>();
    for (Path next : jars.subList(1, jars.size())) {
      jar = next;
      for (int place = 0; place < NODES; place++) {
        steps.add(restart(place));
      }
    }
    double seconds = secondsSince(begin);
    stopPublishing();
    List<Violation> violations = new ArrayList<>();
    int published = 0;
    for (PostingRoom posting : postings) {
      published += judge(posting, violations);
    }
    return new RollingReport(
        scale,
        steps,
        seconds,
        published,
        multitude.unanswered(),
        multitude.heard(),
        multitude.standstillMillis(),
        multitude.ends(),
        multitude.refusals(),
        violations);
  }

  private void awaitPlaced() {
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(100))
        .until(() -> multitude.placed() == scale.clients());
  }

  private void startPublishing() {
    multitude.publish(scale.publishers(), scale.everyMillis());
    for (int i = 0; i < scale.publishers(); i++) {
      PostingRoom posting = postings.get(i % postings.size());
      posting.publish("post" + i, scale.everyMillis(), threads);
    }
  }

  private RollingReport.Step restart(int place) {
    NodeProcess node = nodes.process(place);
    long clients = multitude.on(place);
    long begin = System.nanoTime();
    int exitCode = node.stop();
    double left = secondsSince(begin);
    long start = System.nanoTime();
    nodes.replace(place);
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(100))
        .until(() -> RawHttp.get(node.port(), "/health/ready").status() == OK);
    double ready = secondsSince(start);
    awaitPlaced();
    List<String> wrongMembers = awaitMembers();
    return new RollingReport.Step(
        place,
        jar.getFileName().toString(),
        clients,
        exitCode,
        left,
        ready,
        multitude.comebacks(place, begin),
        wrongMembers);
  }

  /** What is wrong with the members of rooms, when it was given time to become right. */
  private List<String> awaitMembers() {
    List<String> wrong = new ArrayList<>();
    try {
      await()
          .atMost(MEMBERS_CONVERGE)
          .pollInterval(Duration.ofMillis(100))
          .until(
              () -> {
                wrong.clear();
                postings.forEach(posting -> wrong.addAll(wrongMembers(posting)));
                return wrong.isEmpty();
              });
    } catch (ConditionTimeoutException notRight) {
      // The report tells what was wrong.
    }
    return wrong;
  }

  private List<String> wrongMembers(PostingRoom posting) {
    List<String> names = multitude.names(posting.name());
    List<String> wrong = new ArrayList<>(multitude.misled(posting.name()));
    for (int place = 0; place < NODES; place++) {
      List<String> members = posting.members(place);
      if (!members.equals(names)) {
        wrong.add("node " + place + " lists in " + posting.name() + " " + members);
      }
    }
    return wrong;
  }

  private static double secondsSince(long nanos) {
    return (System.nanoTime() - nanos) / 1e9;
  }

  private void stopPublishing() {
    multitude.stopPublishing();
    postings.forEach(PostingRoom::stop);
    threads.shutdown();
    try {
      if (!threads.awaitTermination(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        throw new AssertionError("a text is not acknowledged in " + PATIENCE);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Adds what is wrong in this room to the violations; returns how many texts were published. */
  private int judge(PostingRoom posting, List<Violation> violations) {
    String last = posting.publishOne();
    List<String> log = awaitHeard(posting);
    Set<String> published = posting.published();
    published.addAll(multitude.published(posting.name()));
    violations.addAll(multitude.judge(posting.name(), log, published, posting.positions(), last));
    return published.size();
  }

  /** The room's log, when everybody has heard all of it, or has had time enough for that. */
  private List<String> awaitHeard(PostingRoom posting) {
    List<String> log = new ArrayList<>();
    try {
      await()
          .atMost(HEARD)
          .pollInterval(Duration.ofMillis(200))
          .until(
              () -> {
                log.clear();
                log.addAll(posting.log());
                return multitude.isHeardByAllTo(posting.name(), log.size());
              });
    } catch (ConditionTimeoutException notWhole) {
      // Who has not heard it is named by the verdict.
    }
    return log;
  }

  @Override
  public void close() {
    threads.shutdownNow();
    multitude.close();
    nodes.close();
  }
}
