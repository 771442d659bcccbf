package io.stentor.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

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
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
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
    expectDone(play(scenarios, transport, url, server.port()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"websocket", "protobuf_websocket"})
  void sends_and_receives_compressed(String transport) throws IOException {
    Scrape before = Scrape.of(server.port());
    play(transport, "exchanges_long_messages");
    Setting.assertCompressed(before, Scrape.of(server.port()));
  }

  /** A transport and the node that its commands are posted to; node 1 forwards them to node 0. */
  static Stream<Arguments> transports() {
    return Stream.of(
        arguments("websocket", 0),
        arguments("http_stream", 0),
        arguments("http_stream", 1),
        arguments("sse", 0),
        arguments("sse", 1),
        arguments("protobuf_websocket", 0),
        arguments("protobuf_http_stream", 1));
  }

  @ParameterizedTest
  @MethodSource("transports")
  void recovers_after_its_node_was_killed(String transport, int posts) throws IOException {
    try (ClusterOfProcesses cluster = ClusterOfProcesses.of(2, Setting.nodes())) {
      int port = cluster.node(posts).port();
      LogLines lines =
          play("recovers_after_its_node_was_killed", transport, urls(transport, cluster), port);
      lines.await("^kill$", PATIENCE);
      cluster.node(0).kill9();
      expectDone(lines);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"websocket", "http_stream", "protobuf_websocket"})
  void recovers_after_a_restart_of_everything(String transport, @TempDir Path data)
      throws IOException {
    String port = Integer.toString(Ports.free());
    Launch launch = Setting.nodes().with("--port", port, "--data-dir", data.toString());
    NodeProcess node = NodeProcess.start(launch);
    try {
      String url = Setting.url(transport, node.port());
      LogLines lines = play("recovers_after_a_restart_of_everything", transport, url, node.port());
      lines.await("^restart$", PATIENCE);
      node.kill9();
      node = NodeProcess.start(launch);
      expectDone(lines);
    } finally {
      node.close();
    }
  }

  /** Node 0 sends its clients away in the same way, however their commands come. */
  @ParameterizedTest
  @CsvSource({"websocket,0", "http_stream,1", "sse,0", "protobuf_http_stream,1"})
  void leaves_a_node_that_stops(String transport, int posts) throws IOException {
    try (ClusterOfProcesses cluster = ClusterOfProcesses.of(2, Setting.nodes())) {
      int port = cluster.node(posts).port();
      LogLines lines = play("leaves_a_node_that_stops", transport, urls(transport, cluster), port);
      lines.await("^stop$", PATIENCE);
      cluster.node(0).terminate();
      expectDone(lines);
    }
  }

  @Test
  void gets_the_latest_value_of_another_node() throws IOException {
    try (ClusterOfProcesses cluster = ClusterOfProcesses.of(2, Setting.nodes())) {
      int port = cluster.node(1).port();
      for (String transport : List.of("websocket", "http_stream", "sse")) {
        expectDone(play("gets_the_latest_value", transport, urls(transport, cluster), port));
      }
    }
  }

  private static String urls(String transport, ClusterOfProcesses cluster) {
    return Setting.url(transport, cluster.node(0).port())
        + ","
        + Setting.url(transport, cluster.node(1).port());
  }

  private static void expectDone(LogLines lines) {
    lines.await("^(done|failed)", PATIENCE);
    assertThat(lines.all()).last().isEqualTo("done");
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
