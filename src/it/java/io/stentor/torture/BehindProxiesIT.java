package io.stentor.torture;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.support.ClusterOfProcesses;
import io.stentor.support.Launch;
import io.stentor.support.NodeProcess;
import io.stentor.support.RawHttp;
import io.stentor.support.ReverseProxy;
import io.stentor.support.TlsTunnel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Three nodes behind two real proxies with their shipped configurations are stopped and started
 * again one after the other, while clients talk and listen in every way through both proxies:
 * nothing is lost, nothing comes twice, and whoever asks for a page gets it all the time.
 */
class BehindProxiesIT {
  private static final Logger LOG = LoggerFactory.getLogger(BehindProxiesIT.class);
  private static final int NODES = 3;
  private static final int LISTENERS = 12;
  private static final String ROOM = "rolling";
  private static final String LAST = "last";

  /** Between two requests of one client, which leaves the processors to the nodes. */
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  private final long seed = System.nanoTime() % 1_000_000;
  private final Random random = new Random(seed);

  /** What a proxy answers when it cannot tell whether a node took the message, or none did. */
  private final HttpPublishers publishers =
      new HttpPublishers(ROOM, status -> status >= 502 && status <= 504);

  @Test
  void a_rolling_restart_behind_nginx_and_haproxy_loses_and_repeats_nothing() throws Exception {
    ExecutorService threads = Executors.newCachedThreadPool();
    try (ClusterOfProcesses cluster = ClusterOfProcesses.of(NODES, launch());
        ReverseProxy nginx = ReverseProxy.nginx(ports(cluster));
        ReverseProxy haproxy = ReverseProxy.haproxy(ports(cluster));
        TlsTunnel toNginx = new TlsTunnel(nginx.port(), "127.0.0.1");
        TlsTunnel toHaproxy = new TlsTunnel(haproxy.port(), "127.0.0.1")) {
      List<String> addresses =
          List.of("127.0.0.1:" + toNginx.port(), "127.0.0.1:" + toHaproxy.port());
      List<Transcript> transcripts = new ArrayList<>();
      List<CompletableFuture<Void>> listening = listen(addresses, transcripts, threads);
      AtomicBoolean rolled = new AtomicBoolean();
      Transcript publisher = new Transcript("publisher");
      transcripts.add(publisher);
      CompletableFuture<Void> publishing =
          CompletableFuture.runAsync(() -> publish(publisher, addresses, rolled), threads);
      CompletableFuture<Map<Integer, Integer>> askingNginx =
          CompletableFuture.supplyAsync(() -> ask(toNginx.port(), rolled), threads);
      CompletableFuture<Map<Integer, Integer>> askingHaproxy =
          CompletableFuture.supplyAsync(() -> ask(toHaproxy.port(), rolled), threads);
      restartEach(cluster);
      rolled.set(true);
      publishing.get(1, TimeUnit.MINUTES);
      String address = "127.0.0.1:" + cluster.nodes().get(NODES).port();
      publishers.publishOnce(address, LAST);
      CompletableFuture.allOf(listening.toArray(CompletableFuture[]::new)).get(1, TimeUnit.MINUTES);
      List<String> log = publishers.finalLog(address);
      Verdict verdict = Checker.check(transcripts, log, LAST, false);
      LOG.info(
          "seed {}: {} published, {} heard, broken {}",
          seed,
          verdict.published(),
          verdict.heard(),
          verdict.broken());
      assertThat(verdict.violations()).as("seed %d", seed).isEmpty();
      assertThat(verdict.published()).isGreaterThan(100);
      assertThat(ends(transcripts)).as("clients sent away").isPositive();
      assertThat(askingNginx.get(1, TimeUnit.MINUTES)).as("nginx").containsOnlyKeys(200);
      assertThat(askingHaproxy.get(1, TimeUnit.MINUTES)).as("HAProxy").containsOnlyKeys(200);
    } finally {
      threads.shutdownNow();
    }
  }

  private static Launch launch() {
    return Launch.jar("--host", "127.0.0.1")
        // A busy machine is no node that stands still.
        .withEnv("STENTOR_CLUSTER_FAILURE_DETECTION_SECONDS", 60)
        .withEnv("STENTOR_DRAIN_BALANCER_SECONDS", 4)
        .withEnv("STENTOR_DRAIN_LEAVE_SECONDS", 2)
        .withEnv("STENTOR_ROOM_DEFAULTS_HISTORY_MESSAGES", 100_000)
        .withEnv("STENTOR_ROOM_DEFAULTS_HISTORY_BYTES", 100_000_000);
  }

  private static int[] ports(ClusterOfProcesses cluster) {
    return cluster.nodes().stream().mapToInt(NodeProcess::port).toArray();
  }

  private List<CompletableFuture<Void>> listen(
      List<String> addresses, List<Transcript> transcripts, ExecutorService threads) {
    List<CompletableFuture<Void>> listening = new ArrayList<>();
    for (int i = 0; i < LISTENERS; i++) {
      Transcript transcript = new Transcript("listener " + i);
      transcripts.add(transcript);
      Wanderer wanderer =
          new Wanderer(transcript, addresses, ROOM, LAST, Integer.MAX_VALUE, random.nextLong());
      listening.add(CompletableFuture.runAsync(wanderer, threads));
    }
    return listening;
  }

  private void publish(Transcript transcript, List<String> addresses, AtomicBoolean enough) {
    while (!enough.get()) {
      publishers.publishNext(transcript, addresses, random);
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  /** Asks for a page again and again; returns how often each status code was the answer. */
  private static Map<Integer, Integer> ask(int port, AtomicBoolean enough) {
    Map<Integer, Integer> statuses = new TreeMap<>();
    while (!enough.get()) {
      statuses.merge(RawHttp.get(port, "/rooms/" + ROOM).status(), 1, Integer::sum);
      LockSupport.parkNanos(PAUSE_NANOS);
    }
    return statuses;
  }

  private static void restartEach(ClusterOfProcesses cluster) {
    for (int i = 0; i < NODES; i++) {
      NodeProcess node = cluster.node(i);
      assertThat(node.stop()).as(node.log().toString()).isZero();
      cluster.addAt(node.port());
    }
  }

  private static long ends(List<Transcript> transcripts) {
    return transcripts.stream()
        .flatMap(one -> one.events().stream())
        .filter(Event.Ended.class::isInstance)
        .count();
  }
}
