package io.stentor.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.support.Client;
import io.stentor.support.Launch;
import io.stentor.support.NodeProcess;
import io.stentor.support.Ports;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code cluster.host} and the other addresses and ports of a node may be. */
class ClusterAddressIT {

  @ParameterizedTest
  @CsvSource({
    "::1,       ''",
    "::1,       [::1]:%d",
    "localhost, localhost:%d",
    "127.0.0.1, localhost",
  })
  void nodes_of_this_host_form_a_cluster(String host, String members) {
    int port = Ports.freeRange();
    String list = members.formatted(port);
    try (NodeProcess first =
            NodeProcess.start(clustered(host, port).withEnv("STENTOR_CLUSTER_MEMBERS", list));
        NodeProcess second =
            NodeProcess.start(clustered(host, port).withEnv("STENTOR_CLUSTER_MEMBERS", list));
        Client here = Client.connect(first.port(), "/rooms/tea");
        Client there = Client.connect(second.port(), "/rooms/tea")) {
      assertThat(second.log().toString()).contains("nodes: 2 of the cluster");
      there.expectNothingBefore("one");
      here.expect("one");
      here.publish("two").expect("two");
      there.expect("two");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          no.such.host.invalid | it does not resolve
          192.0.2.77           | no network interface has it
          2001:db8::77         | no network interface has it
          0.0.0.0              | one address that other nodes reach this one by
          ::                   | one address that other nodes reach this one by
          [::1]                | IPv6 without brackets
          """)
  void a_host_that_cannot_be_used_is_refused_in_one_sentence(String host, String why) {
    List<String> lines = refused(clustered(host, Ports.freeRange()), 2);
    assertThat(lines)
        .last()
        .asString()
        .startsWith("cluster.host is \"" + host + "\"")
        .contains("but must be ", why);
  }

  @Test
  void a_port_of_the_cluster_that_is_in_use_is_named() throws IOException {
    try (ServerSocket taken = listen(0)) {
      int port = taken.getLocalPort();
      Launch launch = clustered("127.0.0.1", Ports.freeRange());
      assertThat(refused(launch.withEnv("STENTOR_CLUSTER_BUS_PORT", port), 1))
          .last()
          .isEqualTo(inUse(port, "cluster.busPort"));
    }
  }

  @Test
  void a_port_of_the_metrics_that_is_in_use_is_named() throws IOException {
    try (ServerSocket taken = listen(0)) {
      int port = taken.getLocalPort();
      assertThat(refused(Launch.server().withEnv("STENTOR_METRICS_PORT", port), 1))
          .last()
          .isEqualTo(inUse(port, "metrics.port"));
    }
  }

  private static String inUse(int port, String option) {
    return "cannot listen on 127.0.0.1:"
        + port
        + ": Address already in use; set another port with "
        + option;
  }

  private static Launch clustered(String host, int port) {
    return Launch.server("--cluster")
        .withEnv("STENTOR_CLUSTER_NAME", "addresses-" + port)
        .withEnv("STENTOR_CLUSTER_HOST", host)
        .withEnv("STENTOR_CLUSTER_PORT", port);
  }

  /** What a node that does not start has written, without stack traces. */
  private static List<String> refused(Launch launch, int code) {
    try (NodeProcess node = NodeProcess.launch(launch)) {
      assertThat(node.exitCode()).isEqualTo(code);
      List<String> lines = node.log().all();
      assertThat(lines).noneMatch(line -> line.startsWith("\tat ") || line.contains("Exception"));
      return lines;
    }
  }

  private static ServerSocket listen(int port) throws IOException {
    ServerSocket socket = new ServerSocket();
    socket.bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port));
    return socket;
  }
}
