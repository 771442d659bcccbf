package io.stentor.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stentor.support.Client;
import io.stentor.support.ClusterOfProcesses;
import io.stentor.support.NodeProcess;
import io.stentor.support.RawHttp;
import io.stentor.support.Scrape;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Health and metrics of real nodes that come and go. */
class OperationsIT {
  private static final Duration SOON = Duration.ofSeconds(60);

  @Test
  void nodes_know_each_other_hear_each_other_and_serve_on_when_one_is_gone() {
    try (ClusterOfProcesses cluster = ClusterOfProcesses.of(2);
        Client speaker = Client.connect(cluster.node(0).port(), "/rooms/tea");
        Client listener = Client.connect(cluster.node(1).port(), "/rooms/tea")) {
      for (NodeProcess node : cluster.nodes()) {
        await().atMost(SOON).until(() -> ready(node) == 200);
        awaitMetric(node, "stentor_cluster_nodes", 2);
        awaitMetric(node, "stentor_cluster_safe", 1);
        await()
            .atMost(SOON)
            .until(() -> metric(node, "stentor_bus_probes_heard_total{from=\"peer\"}") > 0);
        assertThat(metric(node, "stentor_bus_silent_nodes")).isZero();
      }
      speaker.publish("x").expect("x");
      listener.expect("x");
      awaitMetric(cluster.node(1), "stentor_delivered_total", 1);
      assertThat(metric(cluster.node(1), "stentor_delivery_latency_seconds_count")).isPositive();
      assertThat(metric(cluster.node(0), "stentor_published_total")).isEqualTo(1);

      NodeProcess left = cluster.node(0);
      cluster.node(1).kill9();
      awaitMetric(left, "stentor_cluster_nodes", 1);
      awaitMetric(left, "stentor_cluster_safe", 1);
      assertThat(ready(left)).isEqualTo(200);
      assertThat(RawHttp.get(left.port(), "/health/live").status()).isEqualTo(200);
      JsonObject body = new JsonObject(RawHttp.get(left.port(), "/health/ready").body());
      assertThat(body.toString()).contains("\"joined\":true,\"nodes\":1,\"safe\":true");
    }
  }

  @Test
  void a_node_that_does_not_answer_is_silent_until_it_is_taken_out_and_no_harm_to_others() {
    try (ClusterOfProcesses cluster = ClusterOfProcesses.of(3)) {
      NodeProcess node = cluster.node(0);
      awaitMetric(node, "stentor_cluster_nodes", 3);
      cluster.node(2).freeze();
      awaitMetric(node, "stentor_cluster_nodes", 2);
      awaitMetric(node, "stentor_cluster_safe", 1);
      assertThat(ready(node)).isEqualTo(200);
      cluster.node(2).thaw();
      awaitMetric(node, "stentor_cluster_nodes", 3);
      await().atMost(SOON).until(() -> ready(cluster.node(2)) == 200);
    }
  }

  private static int ready(NodeProcess node) {
    return RawHttp.get(node.port(), "/health/ready").status();
  }

  private static void awaitMetric(NodeProcess node, String name, double value) {
    await(name).atMost(SOON).untilAsserted(() -> assertThat(metric(node, name)).isEqualTo(value));
  }

  private static double metric(NodeProcess node, String name) {
    return Scrape.of(node.port()).get(name);
  }
}
