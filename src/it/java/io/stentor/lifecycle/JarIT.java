package io.stentor.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.stentor.support.Client;
import io.stentor.support.ClusterOfProcesses;
import io.stentor.support.Launch;
import io.stentor.support.NodeProcess;
import io.stentor.support.RawHttp;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The fat jar from outside: what it serves, says and exits with. */
class JarIT {
  private static final String STACK_TRACE_LINE = "^\\s+at [\\w.$/]+\\(.*";

  @Test
  void serves_the_page_from_the_jar() {
    try (NodeProcess node = NodeProcess.start(Launch.server())) {
      RawHttp.Answer page = RawHttp.get(node.port(), "/");
      assertThat(page.status()).isEqualTo(200);
      assertThat(page.header("content-type")).startsWith("text/html");
      assertThat(page.body()).contains("ulMsg", "txtMsg", "btnSend");
    }
  }

  @Test
  void says_where_it_listens_within_a_few_lines() {
    try (NodeProcess node = NodeProcess.start(Launch.server())) {
      assertThat(node.log().all()).hasSizeLessThan(20);
      assertThat(node.log().toString()).contains(Integer.toString(node.port()));
    }
  }

  @Test
  void the_lobby_shouts_the_same_under_a_turkish_locale() {
    Launch turkish = Launch.server().withJvm("-Duser.language=tr", "-Duser.country=TR");
    try (NodeProcess node = NodeProcess.start(turkish);
        Client client = Client.connect(node.port(), "/")) {
      client.publish("i").expect("I!!!");
      client.publish("你好 ß").expect("你好 SS!!!");
    }
  }

  @Test
  void logs_connects_and_closes_with_code_reason_and_count() {
    try (NodeProcess node = NodeProcess.start(Launch.server().atDebug())) {
      int before = node.log().all().size();
      try (Client client = Client.connect(node.port(), "/rooms/tea")) {
        node.log().await("connect.*\\b1\\b", before, Duration.ofSeconds(10));
        client.leave();
      }
      node.log().await("clos.*1000.*bye.*\\b0\\b", before, Duration.ofSeconds(10));
    }
  }

  @Test
  void a_taken_port_is_one_clear_line_and_exit_code_1() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      String port = Integer.toString(taken.getLocalPort());
      try (NodeProcess node =
          NodeProcess.launch(Launch.jar("--host", "127.0.0.1", "--port", port))) {
        assertThat(node.exitCode()).as(node.log().toString()).isEqualTo(1);
        assertThat(node.log().all()).filteredOn(line -> line.contains(port)).hasSize(1);
        assertNoStackTrace(node);
      }
    }
  }

  @Test
  void check_accepts_the_defaults_and_serves_nothing() {
    try (NodeProcess node = NodeProcess.launch(Launch.jar("--check"))) {
      assertThat(node.exitCode()).as(node.log().toString()).isZero();
    }
  }

  @Test
  void an_unknown_key_is_refused_by_name_with_exit_code_2(@TempDir Path directory)
      throws IOException {
    Path file = Files.writeString(directory.resolve("bad.json"), "{\"http\":{\"prot\":9898}}");
    for (String[] mode : List.of(new String[] {"--check"}, new String[0])) {
      Launch launch = Launch.jar("--conf", file.toString()).with(mode);
      try (NodeProcess node = NodeProcess.launch(launch)) {
        assertThat(node.exitCode()).as(node.log().toString()).isEqualTo(2);
        assertThat(node.log().toString()).contains("prot");
        assertNoStackTrace(node);
      }
    }
  }

  @Test
  void a_missing_configuration_file_is_one_clear_line() {
    try (NodeProcess node = NodeProcess.launch(Launch.jar("--conf", "no-such-file.json"))) {
      assertThat(node.exitCode()).as(node.log().toString()).isNotZero();
      assertThat(node.log().toString()).contains("no-such-file.json");
      assertNoStackTrace(node);
    }
  }

  @Test
  void sigterm_ends_it_cleanly_and_tells_its_clients() {
    try (NodeProcess node = NodeProcess.start(Launch.server());
        Client client = Client.connect(node.port(), "/rooms/tea")) {
      client.expectNothingBefore("here");
      assertThat(node.stop()).as(node.log().toString()).isIn(0, 143);
      assertThat(client.awaitClosed().code()).as("a close frame came").isNotEqualTo(1006);
      assertNoStackTrace(node);
    }
  }

  @Test
  void runs_in_a_cluster_on_jdk_25_with_all_access_that_it_needs() {
    Optional<String> java = jdk25();
    assumeTrue(java.isPresent(), "no JDK 25 on this machine");
    Launch launch = Launch.jar("--host", "127.0.0.1").withJava(java.orElseThrow());
    try (ClusterOfProcesses cluster = ClusterOfProcesses.of(1, launch);
        Client client = Client.connect(cluster.node(0).port(), "/")) {
      client.publish("i").expect("I!!!");
      assertThat(cluster.node(0).log().all())
          .noneMatch(line -> line.contains("restricted method") || line.contains("illegal access"));
    }
  }

  private static void assertNoStackTrace(NodeProcess node) {
    assertThat(node.log().all()).noneMatch(line -> line.matches(STACK_TRACE_LINE));
  }

  private static Optional<String> jdk25() {
    Path home = Path.of(System.getenv().getOrDefault("JAVA25_HOME", "/usr/lib/jvm"));
    try (Stream<Path> homes = Files.exists(home) ? Files.list(home) : Stream.<Path>empty()) {
      return Stream.concat(Stream.of(home), homes.filter(path -> path.toString().contains("25")))
          .map(path -> path.resolve("bin/java"))
          .filter(Files::isExecutable)
          .map(Path::toString)
          .findFirst();
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
