package io.stentor.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.stentor.support.HttpRoom;
import io.stentor.support.Launch;
import io.stentor.support.NodeProcess;
import io.stentor.support.Ports;
import io.stentor.support.RawHttp;
import java.net.ConnectException;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** All nodes of a cluster start again, and wait for each other. */
class RestartWaitIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final String name = "test-" + UUID.randomUUID();
  private final int clusterPort = Ports.freeRange();
  private final int metricsPort = Ports.free();
  @TempDir private Path directory;

  private Launch launch(String node) {
    return Launch.server("--cluster", "--data-dir", directory.resolve(node).toString())
        .withEnv("STENTOR_CLUSTER_NAME", name)
        .withEnv("STENTOR_CLUSTER_PORT", clusterPort)
        .withEnv("STENTOR_CLUSTER_RESTART_WAIT_SECONDS", 3600);
  }

  private Launch monitored(String node) {
    return launch(node).withEnv("STENTOR_METRICS_PORT", metricsPort);
  }

  private void killBothAfterOneMessage() {
    try (NodeProcess one = NodeProcess.start(launch("one"));
        NodeProcess two = NodeProcess.start(launch("two"))) {
      assertThat(HttpRoom.at(one.port(), "kept").publish("hello").status()).isEqualTo(201);
      one.kill9();
      two.kill9();
    }
  }

  private static void assertHasTheMessage(NodeProcess... nodes) {
    for (NodeProcess node : nodes) {
      assertThat(HttpRoom.at(node.port(), "kept").read("?limit=9").contents())
          .containsExactly("hello");
    }
  }

  @Test
  void a_node_that_waits_is_live_and_says_that_it_is_not_ready_and_clients_go_elsewhere() {
    killBothAfterOneMessage();
    try (NodeProcess one = NodeProcess.launch(monitored("one"))) {
      one.log().await("waiting for 1 of the nodes", PATIENCE);
      one.log().await("metrics: +http", PATIENCE);
      assertThat(health("live").status()).isEqualTo(200);
      RawHttp.Answer ready = health("ready");
      assertThat(ready.status()).isEqualTo(503);
      assertThat(ready.body())
          .contains(
              "\"serving\",\"status\":\"DOWN\",\"data\":{\"draining\":false,\"starting\":true}");
      assertThat(RawHttp.get(metricsPort, "/metrics").body())
          .contains("stentor_health{check=\"serving\"} 0");
      assertThatThrownBy(() -> new Socket("127.0.0.1", one.port()).close())
          .isInstanceOf(ConnectException.class);

      try (NodeProcess two = NodeProcess.start(launch("two"))) {
        one.awaitReady();
        await().atMost(PATIENCE).until(() -> health("ready").status() == 200);
        assertThat(health("ready").body()).contains("{\"draining\":false}");
        assertHasTheMessage(one, two);
      }
    }
  }

  @Test
  void a_node_that_waits_ends_at_once_when_it_is_told_to_and_loses_nothing() {
    killBothAfterOneMessage();
    try (NodeProcess one = NodeProcess.launch(launch("one"))) {
      one.log().await("waiting for 1 of the nodes", PATIENCE);
      assertThat(one.stop()).isZero();
      one.log().await("stopped while starting", PATIENCE);
    }
    try (NodeProcess one = NodeProcess.launch(launch("one"));
        NodeProcess two = NodeProcess.start(launch("two"))) {
      one.awaitReady();
      assertHasTheMessage(one, two);
    }
  }

  /** A node of another cluster is to it like one that has not joined yet. */
  @Test
  void a_node_with_an_empty_directory_serves_nobody_while_others_seem_to_start() {
    Launch ofAnother = Launch.server("--cluster").withEnv("STENTOR_CLUSTER_PORT", clusterPort);
    try (NodeProcess other =
            NodeProcess.start(ofAnother.withEnv("STENTOR_CLUSTER_NAME", name + "-other"));
        NodeProcess node = NodeProcess.launch(launch("empty"))) {
      node.log().await("waiting for nodes that are starting.*:" + clusterPort, PATIENCE);
      assertThatThrownBy(() -> new Socket("127.0.0.1", node.port()).close())
          .isInstanceOf(ConnectException.class);
      other.kill9();
      node.awaitReady();
    }
  }

  @Test
  void all_start_at_once_and_one_has_lost_its_disk() {
    String before;
    try (NodeProcess one = NodeProcess.start(launch("one"));
        NodeProcess two = NodeProcess.start(launch("two"))) {
      before = HttpRoom.at(two.port(), "kept").publish("hello").position();
      one.kill9();
      two.kill9();
    }
    try (NodeProcess one = NodeProcess.launch(launch("one"));
        NodeProcess two = NodeProcess.launch(launch("replaced"))) {
      two.awaitReady();
      one.awaitReady();
      assertHasTheMessage(one, two);
      String after = HttpRoom.at(two.port(), "kept").publish("again").position();
      assertThat(after).isEqualTo(before.replaceFirst(":1$", ":2"));
    }
  }

  @Test
  void a_node_that_is_told_to_stop_while_it_joins_ends_in_order() {
    try (NodeProcess node = NodeProcess.launch(launch("one"))) {
      node.log().await("configuration: ", PATIENCE);
      assertThat(node.stop()).isZero();
      node.log().await("stopped while starting", PATIENCE);
    }
  }

  private RawHttp.Answer health(String which) {
    return RawHttp.get(metricsPort, "/health/" + which);
  }
}
