package io.stentor.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.support.ClusterOfProcesses;
import io.stentor.support.Launch;
import io.stentor.support.LogLines;
import io.stentor.support.NodeProcess;
import io.stentor.support.NpmPackages;
import io.stentor.support.Ports;
import io.stentor.support.Scrape;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The official client of the Centrifuge protocol in Node: {@code src/it/js/scenarios.js}. */
class SdkInNodeIT extends SdkScenarios {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static Path scripts;

  @BeforeAll
  static void install() {
    scripts = NpmPackages.directory();
  }

  private static final List<String> IN_NODE =
      List.of(
          "recovers_more_than_one_answer_holds",
          "is_sent_away_by_a_server",
          "is_taken_out_of_a_room_by_a_server",
          "is_put_into_a_room_by_a_server",
          "may_be_in_128_rooms");

  static List<String> byTransport() {
    return Setting.TRANSPORTS;
  }

  @ParameterizedTest
  @MethodSource("byTransport")
  void the_client_plays_every_scenario(String transport) throws IOException {
    play(transport, String.join(",", EVERYWHERE) + "," + String.join(",", IN_NODE));
  }

  private static void play(String transport, String scenarios) throws IOException {
    String url = Setting.url(transport, server.port());
    expectDone(transport, play(scenarios, transport, url, server.port()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"websocket", "protobuf_websocket"})
  void sends_and_receives_compressed(String transport) throws IOException {
    Scrape before = Scrape.of(server.port());
    play(transport, "exchanges_long_messages");
    Setting.assertCompressed(before, Scrape.of(server.port()));
  }

  /** A transport, and the node that its commands are posted to; node 1 forwards them to node 0. */
  private record Way(String transport, int posts) {}

  private static final List<Way> WAYS =
      List.of(
          new Way("websocket", 0),
          new Way("http_stream", 0),
          new Way("http_stream", 1),
          new Way("sse", 0),
          new Way("sse", 1),
          new Way("protobuf_websocket", 0),
          new Way("protobuf_http_stream", 1));

  @Test
  void recovers_over_every_transport_after_its_node_was_killed() throws IOException {
    playWithTwoNodes("recovers_after_its_node_was_killed", "kill", NodeProcess::kill9);
  }

  @Test
  void leaves_a_node_that_stops_over_every_transport() throws IOException {
    playWithTwoNodes("leaves_a_node_that_stops", "stop", NodeProcess::terminate);
  }

  /** Plays a scenario in all ways at once, and ends node 0 when all of them ask for it. */
  private static void playWithTwoNodes(String scenario, String asked, Consumer<NodeProcess> end)
      throws IOException {
    try (ClusterOfProcesses cluster = ClusterOfProcesses.of(2, Setting.nodes())) {
      Map<Way, LogLines> all = new LinkedHashMap<>();
      for (Way way : WAYS) {
        int port = cluster.node(way.posts).port();
        all.put(way, play(scenario, way.transport, urls(way.transport, cluster), port));
      }
      all.values().forEach(lines -> lines.await("^" + asked + "$", PATIENCE));
      end.accept(cluster.node(0));
      all.forEach((way, lines) -> expectDone(way.toString(), lines));
    }
  }

  @Test
  void recovers_after_a_restart_of_everything(@TempDir Path data) throws IOException {
    String port = Integer.toString(Ports.free());
    Launch launch = Setting.nodes().with("--port", port, "--data-dir", data.toString());
    NodeProcess node = NodeProcess.start(launch);
    try {
      Map<String, LogLines> all = new LinkedHashMap<>();
      for (String transport : List.of("websocket", "http_stream", "protobuf_websocket")) {
        String url = Setting.url(transport, node.port());
        String scenario = "recovers_after_a_restart_of_everything";
        all.put(transport, play(scenario, transport, url, node.port()));
      }
      all.values().forEach(lines -> lines.await("^restart$", PATIENCE));
      node.kill9();
      node = NodeProcess.start(launch);
      all.forEach(SdkInNodeIT::expectDone);
    } finally {
      node.close();
    }
  }

  @Test
  void gets_the_latest_value_of_another_node() throws IOException {
    try (ClusterOfProcesses cluster = ClusterOfProcesses.of(2, Setting.nodes())) {
      int port = cluster.node(1).port();
      for (String transport : List.of("websocket", "http_stream", "sse")) {
        String urls = urls(transport, cluster);
        expectDone(transport, play("gets_the_latest_value", transport, urls, port));
      }
    }
  }

  private static String urls(String transport, ClusterOfProcesses cluster) {
    return Setting.url(transport, cluster.node(0).port())
        + ","
        + Setting.url(transport, cluster.node(1).port());
  }

  private static void expectDone(String way, LogLines lines) {
    lines.await("^(done|failed)", PATIENCE);
    assertThat(lines.all()).as(way).last().isEqualTo("done");
  }

  private static LogLines play(String scenarios, String transport, String urls, int postsPort)
      throws IOException {
    String posts = Setting.posts(postsPort);
    Process process =
        new ProcessBuilder("node", "run.js", scenarios, transport, urls, posts, Setting.tokens())
            .directory(scripts.toFile())
            .redirectErrorStream(true)
            .start();
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    return new LogLines(process.getInputStream(), "node");
  }
}
