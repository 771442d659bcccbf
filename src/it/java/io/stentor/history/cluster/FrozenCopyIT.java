package io.stentor.history.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.support.Client;
import io.stentor.support.ClusterOfProcesses;
import io.stentor.support.Launch;
import io.stentor.support.NodeProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The node that holds a log's copy stops answering: nothing that only one node holds is delivered,
 * and what is delivered stays.
 */
class FrozenCopyIT {
  private static final String CURSOR = "stentor.cursor";
  private static final int ROOMS = 8;

  /** Longer than Hazelcast waits for a copy by default, far less than the detector here. */
  private static final Duration FROZEN = Duration.ofSeconds(8);

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static ClusterOfProcesses cluster(int detectionSeconds) {
    return ClusterOfProcesses.of(
        2,
        Launch.jar("--host", "127.0.0.1")
            .withEnv("STENTOR_CLUSTER_FAILURE_DETECTION_SECONDS", detectionSeconds));
  }

  /** One client in each room of this node, each of which has heard itself once. */
  private static List<Client> settled(NodeProcess node) {
    List<Client> clients = new ArrayList<>();
    for (int room = 0; room < ROOMS; room++) {
      Client client = Client.connect(node.port(), "/rooms/frozen" + room, CURSOR);
      assertThat(client.next()).startsWith("{");
      client.publish("before");
      assertThat(client.next()).endsWith(":1\nbefore");
      clients.add(client);
    }
    return clients;
  }

  private static void publishNext(List<Client> clients) {
    clients.forEach(client -> client.publish("while frozen"));
  }

  private static void expectNext(List<Client> clients) {
    for (Client client : clients) {
      assertThat(client.nextWithin(PATIENCE)).endsWith(":2\nwhile frozen");
    }
  }

  private static List<String> log(NodeProcess node, int room) {
    try (Client reader = Client.connect(node.port(), "/rooms/frozen" + room + "?last=9", CURSOR)) {
      assertThat(reader.nextWithin(PATIENCE)).startsWith("{");
      return List.of(reader.nextWithin(PATIENCE), reader.nextWithin(PATIENCE)).stream()
          .map(frame -> frame.substring(frame.indexOf('\n') + 1))
          .toList();
    }
  }

  private static void assertHas(NodeProcess node) {
    for (int room = 0; room < ROOMS; room++) {
      assertThat(log(node, room)).containsExactly("before", "while frozen");
    }
  }

  /** Trap 2: an append whose copy did not answer is not one. */
  @Test
  void nothing_is_acknowledged_while_the_second_node_does_not_answer_and_all_of_it_after() {
    try (ClusterOfProcesses cluster = cluster(60)) {
      NodeProcess here = cluster.node(0);
      NodeProcess there = cluster.node(1);
      List<Client> clients = settled(here);
      there.freeze();
      try {
        publishNext(clients);
        long end = System.nanoTime() + FROZEN.toNanos();
        while (System.nanoTime() < end) {
          for (Client client : clients) {
            assertThat(client.poll(Duration.ofMillis(20))).as("with one node only").isNull();
          }
        }
      } finally {
        there.thaw();
      }
      expectNext(clients);
      clients.forEach(Client::close);
      here.kill9();
      assertHas(there);
    }
  }

  @Test
  void what_waited_for_a_frozen_node_is_acknowledged_once_that_node_counts_as_gone() {
    try (ClusterOfProcesses cluster = cluster(3)) {
      NodeProcess here = cluster.node(0);
      List<Client> clients = settled(here);
      cluster.node(1).freeze();
      publishNext(clients);
      expectNext(clients);
      clients.forEach(Client::close);
      assertHas(here);
      cluster.node(1).kill9();
      assertHas(here);
    }
  }

  /** The elder node may go on in the same epoch, at the same offset. */
  @Test
  void what_waited_for_the_elder_node_is_acknowledged_in_another_epoch() {
    try (ClusterOfProcesses cluster = cluster(3)) {
      List<Client> clients = new ArrayList<>();
      List<String> epochs = new ArrayList<>();
      for (int room = 0; room < ROOMS; room++) {
        Client client = Client.connect(cluster.node(1).port(), "/rooms/elder" + room, CURSOR);
        assertThat(client.next()).startsWith("{");
        String frame = client.publish("before").next();
        epochs.add(frame.substring(0, frame.indexOf(':')));
        clients.add(client);
      }
      cluster.node(0).freeze();
      publishNext(clients);
      for (int room = 0; room < ROOMS; room++) {
        assertThat(clients.get(room).nextWithin(PATIENCE))
            .endsWith(":2\nwhile frozen")
            .doesNotStartWith(epochs.get(room));
      }
      clients.forEach(Client::close);
    }
  }
}
