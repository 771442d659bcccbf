package io.stentor.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.support.ClusterOfProcesses;
import io.stentor.support.LogLines;
import io.stentor.support.NodeProcess;
import io.stentor.support.NpmPackages;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The pages' own client, {@code webroot/js/client}, in Node: {@code src/it/js/client*.mjs}. */
class PageClientIT {
  private static final Path CLIENT = Path.of("webroot", "js", "client");
  private static final Duration PATIENCE = Duration.ofSeconds(120);

  @Test
  void keeps_its_promises_to_a_page_where_time_and_answers_are_played()
      throws IOException, InterruptedException {
    run("client-alone.test.mjs", new JsonArray());
  }

  @Test
  void moves_to_another_node_of_those_it_knows() throws IOException, InterruptedException {
    run("nodes.test.mjs", new JsonArray());
  }

  @Test
  void keeps_its_promises_with_two_nodes_one_of_which_is_killed()
      throws IOException, InterruptedException {
    try (ClusterOfProcesses cluster = ClusterOfProcesses.of(2, Setting.nodes())) {
      JsonArray nodes = new JsonArray();
      for (NodeProcess node : cluster.nodes()) {
        nodes.add(
            new JsonObject()
                .put("url", Setting.url("websocket", node.port()))
                .put("pid", node.pid()));
      }
      run("client.test.mjs", nodes);
    }
  }

  private static void run(String tests, JsonArray nodes) throws IOException, InterruptedException {
    Path directory = NpmPackages.directory();
    copyClient(directory.resolve("client"));
    ProcessBuilder builder =
        new ProcessBuilder(List.of("node", "--test", "--test-reporter=tap", tests))
            .directory(directory.toFile())
            .redirectErrorStream(true);
    builder.environment().put("STENTOR_NODES", nodes.encode());
    Process process = builder.start();
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    LogLines lines = new LogLines(process.getInputStream(), tests);
    boolean ended = process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    process.destroyForcibly();
    lines.awaitEnd(PATIENCE);
    assertThat(ended).as("%s", lines).isTrue();
    assertThat(process.exitValue()).as("%s", lines).isZero();
    assertThat(lines.all()).as("%s", lines).contains("# fail 0").doesNotContain("# pass 0");
  }

  /** Node takes files for modules only where a package says so. */
  private static void copyClient(Path target) throws IOException {
    Files.createDirectories(target);
    Files.writeString(target.resolve("package.json"), "{\"type\":\"module\"}\n");
    try (Stream<Path> files = Files.list(CLIENT)) {
      for (Path file : files.toList()) {
        Path copy = target.resolve(file.getFileName());
        Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }
}
