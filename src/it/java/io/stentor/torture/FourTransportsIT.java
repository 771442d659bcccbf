package io.stentor.torture;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.support.ClusterOfProcesses;
import io.stentor.support.CuttingProxy;
import io.stentor.support.Launch;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One room, four transports, two nodes, and a network that cuts every connection somewhere: nothing
 * is lost, nothing comes twice. The system property {@code stentor.cuts.messages} says how many
 * messages each publisher sends.
 */
class FourTransportsIT {
  private static final Logger LOG = LoggerFactory.getLogger(FourTransportsIT.class);
  private static final int MESSAGES = Integer.getInteger("stentor.cuts.messages", 300);
  private static final int PUBLISHERS = 3;
  private static final int LISTENERS = 8;
  private static final int MOST_BYTES = 20_000;
  private static final String ROOM = "cuts";
  private static final String LAST = "last";

  private final long seed = System.nanoTime() % 1_000_000;
  private final Random random = new Random(seed);
  private final HttpPublishers publishers = new HttpPublishers(ROOM, status -> false);

  @Test
  void a_client_that_changes_transport_and_node_at_every_cut_hears_everything_once()
      throws Exception {
    Launch launch =
        Launch.jar("--host", "127.0.0.1")
            .withEnv("STENTOR_ROOM_DEFAULTS_HISTORY_MESSAGES", 100_000)
            .withEnv("STENTOR_ROOM_DEFAULTS_HISTORY_BYTES", 100_000_000);
    ExecutorService threads = Executors.newCachedThreadPool();
    try (ClusterOfProcesses cluster = ClusterOfProcesses.of(2, launch);
        CuttingProxy one = new CuttingProxy(cluster.node(0).port(), MOST_BYTES, random.nextLong());
        CuttingProxy two =
            new CuttingProxy(cluster.node(1).port(), MOST_BYTES, random.nextLong())) {
      List<String> ports = List.of(address(one.port()), address(two.port()));
      List<Transcript> transcripts = new ArrayList<>();
      List<Wanderer> wanderers = new ArrayList<>();
      List<CompletableFuture<Void>> listening = new ArrayList<>();
      for (int i = 0; i < LISTENERS; i++) {
        Transcript transcript = new Transcript("listener " + i);
        Wanderer wanderer =
            new Wanderer(transcript, ports, ROOM, LAST, Integer.MAX_VALUE, random.nextLong());
        transcripts.add(transcript);
        wanderers.add(wanderer);
        listening.add(CompletableFuture.runAsync(wanderer, threads));
      }
      transcripts.addAll(publish(ports, threads));
      one.stopCutting();
      two.stopCutting();
      publishers.publishOnce(address(cluster.node(0).port()), LAST);
      awaitAll(listening, transcripts);
      List<String> log = publishers.finalLog(address(cluster.node(1).port()));
      assertThat(log.size()).isGreaterThan(PUBLISHERS * MESSAGES);
      Verdict verdict = Checker.check(transcripts, log, LAST, false);
      report(wanderers, verdict, one.cuts() + two.cuts());
      assertThat(verdict.violations()).as("seed %d", seed).isEmpty();
      assertThat(one.cuts() + two.cuts()).as("cuts").isGreaterThan(LISTENERS);
    } finally {
      threads.shutdownNow();
    }
  }

  private static String address(int port) {
    return "127.0.0.1:" + port;
  }

  private void awaitAll(List<CompletableFuture<Void>> listening, List<Transcript> transcripts)
      throws Exception {
    try {
      CompletableFuture.allOf(listening.toArray(CompletableFuture[]::new)).get(1, TimeUnit.MINUTES);
    } catch (TimeoutException e) {
      for (int i = 0; i < listening.size(); i++) {
        if (!listening.get(i).isDone()) {
          List<Event> events = transcripts.get(i).events();
          LOG.warn(
              "{} {}",
              transcripts.get(i).name(),
              events.subList(Math.max(0, events.size() - 6), events.size()));
        }
      }
      throw e;
    }
  }

  private void report(List<Wanderer> wanderers, Verdict verdict, int cuts) {
    Map<Wanderer.Way, Integer> heard = new java.util.EnumMap<>(Wanderer.Way.class);
    for (Wanderer.Way way : Wanderer.Way.values()) {
      heard.put(way, wanderers.stream().mapToInt(one -> one.heardBy(way)).sum());
    }
    LOG.info(
        "seed {}: {} published, {} acknowledged, {} cuts, heard {}, broken {}",
        seed,
        verdict.published(),
        publishers.acknowledged(),
        cuts,
        heard,
        verdict.broken());
  }

  private List<Transcript> publish(List<String> ports, ExecutorService threads) throws Exception {
    List<Transcript> transcripts = new ArrayList<>();
    List<CompletableFuture<Void>> publishing = new ArrayList<>();
    for (int i = 0; i < PUBLISHERS; i++) {
      Transcript transcript = new Transcript("publisher" + i);
      transcripts.add(transcript);
      long itsSeed = random.nextLong();
      publishing.add(
          CompletableFuture.runAsync(
              () -> publishers.publishAll(transcript, MESSAGES, ports, new Random(itsSeed)),
              threads));
    }
    CompletableFuture.allOf(publishing.toArray(CompletableFuture[]::new)).get(4, TimeUnit.MINUTES);
    return transcripts;
  }
}
