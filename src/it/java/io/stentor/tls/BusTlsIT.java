package io.stentor.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.stentor.support.Client;
import io.stentor.support.ClusterOfProcesses;
import io.stentor.support.Launch;
import io.stentor.support.NodeProcess;
import io.stentor.support.Ports;
import io.stentor.support.Scrape;
import io.stentor.support.TestCertificates;
import io.stentor.support.TestCertificates.Pair;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nodes that show each other certificates on the event bus. */
class BusTlsIT {
  private static final Duration SOON = Duration.ofSeconds(40);

  private static final String HEARD = "stentor_bus_probes_heard_total{from=\"peer\"}";

  @TempDir Path directory;

  @Test
  void nodes_of_one_authority_hear_each_other_and_nobody_else_does() throws Exception {
    TestCertificates authority = new TestCertificates(directory, "authority");
    TestCertificates other = new TestCertificates(directory, "other");
    Pair own = authority.sign("node");
    int bus = Ports.free();
    Launch right = Launch.jar("--host", "127.0.0.1").with("--conf", conf(own, authority, "right"));
    try (ClusterOfProcesses cluster =
        ClusterOfProcesses.of(1, right.withEnv("STENTOR_CLUSTER_BUS_PORT", bus))) {
      try (NodeProcess second = join(cluster, conf(own, authority, "right"))) {
        hearEachOther(cluster.node(0), second);
      }
      refuses(bus, authority.trusted());
      refuses(bus, authority.trusted(other.sign("stranger")));
      handshake(bus, authority.trusted(own));
      isDeafToPlainText(bus);
      Pair wrong = other.sign("wrong");
      double before = Scrape.of(cluster.node(0).port()).get(HEARD);
      try (NodeProcess stranger = join(cluster, conf(wrong, other, "wrong"))) {
        stranger.log().await("TLS with another node failed: .*certif", SOON);
        // The other's attempt comes with its next probe, five seconds later at most.
        cluster.node(0).log().await("TLS with another node failed: .*certif", SOON);
        Scrape heard = Scrape.of(stranger.port());
        assertThat(heard.get("stentor_cluster_nodes")).as("Hazelcast lets it in").isEqualTo(2);
        assertThat(heard.get(HEARD)).isZero();
        assertThat(Scrape.of(cluster.node(0).port()).get(HEARD)).isEqualTo(before);
      }
    }
  }

  private static NodeProcess join(ClusterOfProcesses cluster, String conf) {
    Launch launch =
        Launch.server("--cluster", "--conf", conf)
            .withEnv("STENTOR_CLUSTER_NAME", cluster.name())
            .withEnv("STENTOR_CLUSTER_PORT", cluster.clusterPort());
    return NodeProcess.start(launch);
  }

  private static void hearEachOther(NodeProcess one, NodeProcess two) {
    try (Client here = Client.connect(one.port(), "/rooms/tea");
        Client there = Client.connect(two.port(), "/rooms/tea")) {
      here.publish("from here").skipTo("from here");
      there.publish("from there").skipTo("from there");
      here.skipTo("from there");
      here.publish("a").expect("a");
      there.skipTo("a").publish("b").expect("b");
      here.expect("b");
      for (NodeProcess node : new NodeProcess[] {one, two}) {
        await().atMost(SOON).until(() -> Scrape.of(node.port()).get(HEARD) > 0);
      }
    }
  }

  private static void refuses(int port, SSLContext context) {
    assertThatThrownBy(() -> handshake(port, context)).isInstanceOf(IOException.class);
  }

  /** In TLS 1.3 a client learns that its certificate is refused when it reads. */
  private static void handshake(int port, SSLContext context) throws IOException {
    try (SSLSocket socket =
        (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", port)) {
      socket.startHandshake();
      socket.setSoTimeout(1000);
      try {
        assertThat(socket.getInputStream().read()).isNotEqualTo(-1);
      } catch (java.net.SocketTimeoutException stillOpen) {
        assertThat(socket.isClosed()).isFalse();
      }
    }
  }

  private static void isDeafToPlainText(int port) throws IOException {
    try (Socket socket = new Socket("127.0.0.1", port);
        OutputStream out = socket.getOutputStream()) {
      out.write("hello, is this the bus? it is not for you\r\n".getBytes());
      out.flush();
      socket.setSoTimeout(10_000);
      byte[] answer = socket.getInputStream().readAllBytes();
      assertThat(answer.length == 0 || answer[0] == 0x15).as("nothing, or an alert").isTrue();
    }
  }

  private String conf(Pair pair, TestCertificates authority, String name) throws IOException {
    String json =
        """
        {"cluster": {"tls": {"certificateFile": "%s", "keyFile": "%s", "authorityFile": "%s"}}}
        """
            .formatted(pair.chainFile(), pair.keyFile(), authority.authorityFile());
    return Files.writeString(directory.resolve(name + ".json"), json).toString();
  }
}
