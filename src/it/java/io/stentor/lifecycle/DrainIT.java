package io.stentor.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stentor.support.Client;
import io.stentor.support.ClusterOfProcesses;
import io.stentor.support.Launch;
import io.stentor.support.NodeProcess;
import io.stentor.support.RawHttp;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A node that is asked to stop takes its leave: nobody is cut off, and nothing is lost. */
class DrainIT {
  private static final int SHUTDOWN = 3001;
  private static final int AN_HOUR = 3600;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private static Launch draining(Launch launch, int balancerSeconds, int leaveSeconds) {
    return launch
        .withEnv("STENTOR_DRAIN_BALANCER_SECONDS", balancerSeconds)
        .withEnv("STENTOR_DRAIN_LEAVE_SECONDS", leaveSeconds)
        .withEnv("STENTOR_DRAIN_TIMEOUT_SECONDS", balancerSeconds + leaveSeconds + 25)
        .withEnv("STENTOR_EVENT_LOOPS", 1);
  }

  private static int readiness(NodeProcess node) {
    return RawHttp.get(node.port(), "/health/ready").status();
  }

  @Test
  void it_is_unready_at_once_and_serves_on_until_a_second_sigterm_hastens_it() {
    Launch launch = draining(Launch.server(), AN_HOUR, AN_HOUR);
    try (NodeProcess node = NodeProcess.start(launch);
        Client before = Client.connect(node.port(), "/rooms/tea")) {
      assertThat(readiness(node)).isEqualTo(200);
      node.terminate();
      await().atMost(PATIENCE).until(() -> readiness(node) == 503);

      try (Client after = Client.connect(node.port(), "/rooms/tea")) {
        after.publish("still here").expect("still here");
        before.expect("still here");
        node.terminate();
        before.expectClosed(SHUTDOWN);
        after.expectClosed(SHUTDOWN);
      }
      assertThat(node.exitCode()).as(node.log().toString()).isZero();
    }
  }

  @Test
  void clients_leave_one_after_the_other_and_those_who_are_still_there_talk_on() {
    List<Client> clients = new ArrayList<>();
    try (NodeProcess node = NodeProcess.start(draining(Launch.server(), 0, AN_HOUR))) {
      for (int i = 0; i < 300; i++) {
        clients.add(Client.connect(node.port(), "/rooms/tea"));
      }
      node.terminate();
      await()
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(5))
          .until(() -> clients.stream().anyMatch(Client::isClosed));

      List<Client> staying = clients.stream().filter(client -> !client.isClosed()).toList();
      assertThat(staying).as("clients that are not sent away yet").hasSizeGreaterThan(1);
      staying.forEach(client -> client.publishLater("still here"));
      assertThat(staying).anyMatch(client -> client.poll(PATIENCE) != null);
      clients.forEach(client -> client.expectClosed(SHUTDOWN));
      assertThat(node.exitCode()).as(node.log().toString()).isZero();
    } finally {
      clients.forEach(Client::close);
    }
  }

  @Test
  void who_waits_for_an_answer_is_given_it_before_goodbye() {
    Launch launch =
        draining(Launch.jar("--host", "127.0.0.1"), 0, 0)
            .withEnv("STENTOR_CLUSTER_FAILURE_DETECTION_SECONDS", 60);
    try (ClusterOfProcesses cluster = ClusterOfProcesses.of(2, launch)) {
      NodeProcess here = cluster.node(0);
      NodeProcess there = cluster.node(1);
      try (Client client = Client.connect(here.port(), "/connection/websocket")) {
        client.publish("{\"id\":1,\"connect\":{}}");
        assertThat(client.next()).contains("\"connect\"");
        there.freeze(); // no append has its copy from here on
        try {
          client.publish("{\"id\":2,\"publish\":{\"channel\":\"tea\",\"data\":\"hello\"}}");
          awaitPublished(here);
          here.terminate();
          here.log().await("disconnecting clients", PATIENCE);
          assertThat(client.isClosed()).as("sent away without an answer").isFalse();
        } finally {
          there.thaw();
        }
        assertThat(client.nextWithin(PATIENCE)).isEqualTo("{\"id\":2,\"publish\":{}}");
        client.expectClosed(SHUTDOWN);
      }
      assertThat(here.exitCode()).as(here.log().toString()).isZero();
      try (Client reader = Client.connect(there.port(), "/rooms/tea?last=1")) {
        assertThat(reader.nextWithin(PATIENCE)).isEqualTo("hello");
      }
    }
  }

  /** Until something waits to be appended on this node, as its metrics say. */
  private static void awaitPublished(NodeProcess node) {
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                RawHttp.get(node.port(), "/metrics")
                    .body()
                    .lines()
                    .anyMatch(line -> line.matches("stentor_queued_bytes.*append.* [1-9].*")));
  }
}
