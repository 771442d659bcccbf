package io.stentor.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.identity.ApiKeys;
import io.stentor.support.CodeBlock;
import io.stentor.support.Command;
import io.stentor.support.Launch;
import io.stentor.support.NodeProcess;
import io.stentor.support.Ports;
import io.stentor.support.ReverseProxy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The steps of docs/operations/THREE_NODES.md: three nodes with the configuration shown there,
 * behind both proxies, and the smoke test. Clients' addresses are 127.0.0.11 to 13 instead of
 * 10.0.0.11 to 13; the nodes reach each other at 127.0.0.1, because Hazelcast only takes addresses
 * of network interfaces.
 */
class ThreeNodesIT {
  private static final String KEY = "the key of the smoke test";
  private static final int PORT = Ports.free();
  private static final List<NodeProcess> NODES = new ArrayList<>();

  @BeforeAll
  static void start(@TempDir Path directory) throws IOException {
    String shown =
        CodeBlock.of(Path.of("docs", "operations", "THREE_NODES.md")).stream()
            .filter(block -> "stentor.json".equals(block.noteBehind(CodeBlock.FILE)))
            .findFirst()
            .orElseThrow()
            .text()
            .replace("\"…\"", "\"" + ApiKeys.hash(KEY) + "\"");
    Launch common =
        Launch.jar("--port", Integer.toString(PORT))
            .withEnv("STENTOR_CLUSTER_NAME", "three-" + UUID.randomUUID())
            .withEnv("STENTOR_CLUSTER_PORT", Ports.freeRange())
            .withEnv("STENTOR_CLUSTER_HOST", "127.0.0.1")
            .withEnv("STENTOR_CLUSTER_MEMBERS", "127.0.0.1")
            .withEnv("STENTOR_CLUSTER_BUS_PORT", 0)
            .withEnv("STENTOR_IDENTITY_TOKENS_HMAC_SECRET", "x".repeat(32));
    for (int i = 1; i <= 3; i++) {
      // The proxies of the test reach nodes from this machine's own address.
      String text =
          shown
              .replace("\"host\": \"10.0.0.11\"", "\"host\": \"10.0.0.1" + i + "\"")
              .replace("10.0.0.10", "127.0.0.1")
              .replace("10.0.0.", "127.0.0.");
      Path file = Files.writeString(directory.resolve("node" + i + ".json"), text);
      NODES.add(NodeProcess.launch(common.with("--conf", file.toString())));
    }
    NODES.forEach(NodeProcess::awaitReady);
  }

  @AfterAll
  static void stop() {
    NODES.forEach(NodeProcess::close);
  }

  private static String[] nodes() {
    return Stream.of(11, 12, 13).map(i -> "127.0.0." + i + ":" + PORT).toArray(String[]::new);
  }

  private static String smokeTest(ReverseProxy proxy, int exitCode) {
    List<String> command = new ArrayList<>(List.of("bash", "docs/operations/smoke-test"));
    command.add("https://127.0.0.1:" + proxy.port());
    command.addAll(List.of(nodes()));
    Map<String, String> environment =
        Map.of(
            "KEY", KEY, "CURL_OPTIONS", "-k", "HTTP_URL", "http://127.0.0.1:" + proxy.plainPort());
    try (Command test = Command.start(command, Path.of("").toAbsolutePath(), environment)) {
      return test.awaitEnd(exitCode);
    }
  }

  @Test
  void the_smoke_test_passes_behind_nginx() {
    try (ReverseProxy proxy = ReverseProxy.nginx(nodes())) {
      assertThat(smokeTest(proxy, 0).lines()).hasSize(14).allMatch(line -> line.startsWith("ok "));
    }
  }

  @Test
  void the_smoke_test_passes_behind_haproxy() {
    try (ReverseProxy proxy = ReverseProxy.haproxy(nodes())) {
      assertThat(smokeTest(proxy, 0).lines()).hasSize(14).allMatch(line -> line.startsWith("ok "));
    }
  }

  @Test
  void the_smoke_test_fails_where_nobody_serves() {
    String url = "https://127.0.0.1:" + Ports.free();
    String[] command = {"bash", "docs/operations/smoke-test", url, "127.0.0.1:" + Ports.free()};
    try (Command test =
        Command.start(List.of(command), Path.of("").toAbsolutePath(), Map.of("KEY", KEY))) {
      List<String> lines = test.awaitEnd(1).lines().filter(line -> !line.isEmpty()).toList();
      assertThat(lines).filteredOn(line -> line.startsWith("FAIL ")).hasSize(9);
      assertThat(lines)
          .filteredOn(line -> line.startsWith("ok "))
          .singleElement()
          .asString()
          .contains("closed");
    }
  }
}
