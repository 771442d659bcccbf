package io.stentor.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.hazelcast.core.HazelcastInstance;
import io.stentor.config.ClusterOptions;
import io.stentor.config.TestConfig;
import io.stentor.support.Launch;
import io.stentor.support.NodeProcess;
import io.stentor.support.Ports;
import io.stentor.support.Scrape;
import io.stentor.support.Suspicion;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How long nodes take to become one cluster when they start, and after they lost each other. */
class SplitClusterIT {
  private static final Duration HEALED = Duration.ofSeconds(10);
  private static final Duration SOON = Duration.ofSeconds(30);

  /** Longer than the nodes wait for each other. */
  private static final Duration FROZEN = Duration.ofSeconds(9);

  private static final int NODES = 3;
  private static final String HOST = "127.0.0.1";

  private final String name = "split-" + UUID.randomUUID();
  private final int port = Ports.freeRange();
  private final List<HazelcastInstance> members = new ArrayList<>();
  private final List<NodeProcess> nodes = new ArrayList<>();

  @AfterEach
  void close() {
    members.forEach(member -> member.getLifecycleService().terminate());
    nodes.forEach(NodeProcess::close);
  }

  /**
   * All nodes are on one host, with ports from the first on; 127.0.0.9 is a host without a node.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1 127.0.0.9",
        "127.0.0.1:%1$d 127.0.0.9:%1$d",
        "localhost 127.0.0.9 127.0.0.10",
      })
  void nodes_that_lost_each_other_are_whole_within_ten_seconds(String list) {
    join(List.of(list.formatted(port).split(" ")));
    awaitWhole(SOON);
    for (int alone : new int[] {2, 0}) {
      split(alone);
      awaitWhole(HEALED);
    }
  }

  /**
   * The third node takes the first, which leads, for dead. Then the first removes the second, which
   * is next in line, and after it the third.
   */
  @Test
  void a_node_that_gets_no_leader_is_whole_with_the_others_within_ten_seconds() {
    join(
        TestConfig.cluster(
            "name",
            name,
            "host",
            HOST,
            "port",
            port,
            "members",
            List.of(HOST),
            "failureDetectionSeconds",
            3));
    awaitWhole(SOON);
    HazelcastInstance leader = members.get(0);
    HazelcastInstance node = members.get(2);
    Suspicion.suspect(node, leader, false);
    Suspicion.suspect(leader, members.get(1));
    await().atMost(SOON).pollInterval(Duration.ofMillis(5)).until(() -> size(node) == 2);
    Suspicion.suspect(leader, node);
    awaitWhole(HEALED);
  }

  /** A connection may be cut after the other side has greeted, again and again. */
  @Test
  void nodes_that_lost_each_other_do_not_wait_for_addresses_that_only_greet() throws IOException {
    List<ServerSocket> greeting = new ArrayList<>();
    try {
      List<String> list = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        greeting.add(new ServerSocket(0, 50, InetAddress.getByName(HOST)));
        list.add(HOST + ":" + greeting.get(i).getLocalPort());
      }
      list.add(HOST);
      join(list);
      awaitWhole(SOON);
      greeting.forEach(SplitClusterIT::greet);
      split(2);
      awaitWhole(HEALED);
    } finally {
      for (ServerSocket server : greeting) {
        server.close();
      }
    }
  }

  /** Greets on each connection like a member, and says nothing more. */
  private static void greet(ServerSocket server) {
    Thread thread =
        new Thread(
            () -> {
              List<Socket> open = new ArrayList<>();
              try {
                while (true) {
                  Socket socket = server.accept();
                  open.add(socket);
                  socket.getOutputStream().write("HZC".getBytes(StandardCharsets.US_ASCII));
                }
              } catch (IOException e) {
                open.forEach(SplitClusterIT::closeQuietly); // The test ends.
              }
            });
    thread.setDaemon(true);
    thread.start();
  }

  private static void closeQuietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // It is closed anyway.
    }
  }

  @Test
  void a_node_that_was_suspended_is_back_within_ten_seconds() {
    for (int i = 0; i < NODES; i++) {
      nodes.add(
          NodeProcess.start(
              Launch.server("--cluster")
                  .withEnv("STENTOR_CLUSTER_NAME", name)
                  .withEnv("STENTOR_CLUSTER_HOST", HOST)
                  .withEnv("STENTOR_CLUSTER_PORT", port)
                  .withEnv("STENTOR_CLUSTER_MEMBERS", "127.0.0.1,127.0.0.9")));
    }
    await().atMost(SOON).ignoreExceptions().until(() -> seen(3, 0, 1, 2));
    nodes.get(0).freeze();
    try {
      await().atMost(SOON).ignoreExceptions().until(() -> seen(2, 1, 2));
      await().pollDelay(FROZEN).atMost(SOON).until(() -> true);
    } finally {
      nodes.get(0).thaw();
    }
    await().atMost(HEALED).ignoreExceptions().until(() -> seen(3, 0, 1, 2));
  }

  /**
   * One address accepts connections and says nothing, as a suspended node does; at the other,
   * packets are lost.
   */
  @Test
  void nodes_that_start_at_the_same_time_do_not_wait_for_addresses_that_do_not_answer()
      throws IOException {
    InetAddress loopback = InetAddress.getByName(HOST);
    try (ServerSocket silent = new ServerSocket(0, 50, loopback);
        ServerSocket full = new ServerSocket(0, 1, loopback);
        Socket first = new Socket(loopback, full.getLocalPort());
        Socket second = new Socket(loopback, full.getLocalPort())) {
      assertThat(List.of(first, second)).allMatch(Socket::isConnected); // The queue takes no third.
      String list =
          "%s:%d,%s:%d,%s".formatted(HOST, silent.getLocalPort(), HOST, full.getLocalPort(), HOST);
      for (int i = 0; i < NODES; i++) {
        nodes.add(
            NodeProcess.launch(
                Launch.server("--cluster")
                    .withEnv("STENTOR_CLUSTER_NAME", name)
                    .withEnv("STENTOR_CLUSTER_HOST", HOST)
                    .withEnv("STENTOR_CLUSTER_PORT", port)
                    .withEnv("STENTOR_CLUSTER_MEMBERS", list)));
      }
      nodes.forEach(NodeProcess::awaitReady);
      assertThat(seen(NODES, 0, 1, 2)).as("all found each other before they were ready").isTrue();
    }
  }

  private boolean seen(int expected, int... of) {
    for (int node : of) {
      if (Scrape.of(nodes.get(node).port()).get("stentor_cluster_nodes") != expected) {
        return false;
      }
    }
    return true;
  }

  private void join(List<String> list) {
    join(TestConfig.cluster("name", name, "host", HOST, "port", port, "members", list));
  }

  private void join(ClusterOptions cluster) {
    for (int i = 0; i < NODES; i++) {
      members.add(
          ClusteredVertx.join(
              ClusteredVertx.hazelcast(cluster).setProperty("hazelcast.partition.count", "31"),
              UUID.randomUUID().toString()));
    }
  }

  /** This member and the others take each other for dead, as after a cut that lasted. */
  private void split(int alone) {
    List<HazelcastInstance> others = new ArrayList<>(members);
    HazelcastInstance one = others.remove(alone);
    Suspicion.cutOff(one, others);
    await().atMost(SOON).pollInterval(Duration.ofMillis(5)).until(() -> size(one) == 1);
  }

  private void awaitWhole(Duration most) {
    await().atMost(most).until(() -> members.stream().allMatch(one -> size(one) == NODES));
  }

  private static int size(HazelcastInstance member) {
    return member.getCluster().getMembers().size();
  }
}
