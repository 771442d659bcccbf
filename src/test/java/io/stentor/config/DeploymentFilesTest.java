package io.stentor.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.support.Yaml;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is there to run Stentor with fits to the options, ports and times that it has. */
class DeploymentFilesTest {
  private static final Path OPERATIONS = Path.of("docs", "operations");
  private static final Pattern VARIABLE = Pattern.compile("\\bSTENTOR_[A-Z0-9_]*[A-Z0-9]\\b");
  private static final int LONGEST_POLL_SECONDS = 60;

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static List<Path> files() throws IOException {
    try (Stream<Path> all = Files.walk(Path.of("docs"))) {
      List<Path> files =
          new ArrayList<>(
              all.filter(Files::isRegularFile)
                  .filter(file -> !file.toString().endsWith(".png"))
                  .toList());
      files.add(Path.of("Dockerfile"));
      files.add(Path.of("README.md"));
      return files;
    }
  }

  @Test
  void every_variable_that_any_file_names_is_an_option() throws IOException {
    Set<String> options =
        new ConfigSchema(new JsonObject(read(Path.of("conf/stentor.schema.json"))))
            .byEnvironmentName()
            .keySet();
    Set<String> named = new TreeSet<>();
    for (Path file : files()) {
      Matcher names = VARIABLE.matcher(read(file));
      while (names.find()) {
        assertThat(options).as("%s in %s", names.group(), file).contains(names.group());
        named.add(names.group());
      }
    }
    assertThat(named).contains("STENTOR_CLUSTER_HOST", "STENTOR_CLUSTER_BUS_PORT");
  }

  @Test
  void the_nodes_of_compose_are_one_cluster_on_a_network_of_their_own(@TempDir Path directory) {
    Yaml compose = Yaml.documents(OPERATIONS.resolve("compose.yaml")).get(0);
    assertThat(compose.at("networks", "cluster", "internal").text()).isEqualTo("true");
    List<String> hosts = new ArrayList<>();
    List<List<String>> members = new ArrayList<>();
    for (String name : List.of("node1", "node2", "node3")) {
      Yaml node = compose.at("services", name);
      Map<String, String> variables = new HashMap<>();
      node.at("environment").map().forEach((key, value) -> variables.put(key, value.text()));
      LoadedConfig loaded = new ConfigLoader(directory, variables).load(List.of(), List.of());
      assertThat(loaded.warnings()).isEmpty();
      ClusterOptions cluster = loaded.config().cluster();
      assertThat(cluster.enabled()).isTrue();
      assertThat(node.at("networks", "cluster", "ipv4_address").text()).isEqualTo(cluster.host());
      assertThat(node.at("read_only").text()).isEqualTo("true");
      assertThat(node.at("volumes").list())
          .extracting(Yaml::text)
          .containsExactly(name + ":" + loaded.config().dataDir());
      assertThat(compose.at("volumes").has(name)).isTrue();
      assertThat(number(node.at("stop_grace_period").text(), "(\\d+)s"))
          .isGreaterThan(loaded.config().drain().timeoutSeconds());
      hosts.add(cluster.host());
      members.add(cluster.members());
    }
    assertThat(members).containsOnly(hosts);
    for (String proxy : List.of("haproxy", "nginx")) {
      assertThat(compose.at("services", proxy, "networks").list())
          .hasToString("[" + edge(proxy) + "]");
      for (Yaml mounted : compose.at("services", proxy, "volumes").list()) {
        String file = mounted.text().replaceFirst(":.*", "");
        assertThat(file.startsWith("./tls") || Files.exists(OPERATIONS.resolve(file))).isTrue();
      }
    }
  }

  private static String edge(String proxy) {
    return "compose.yaml.services." + proxy + ".networks[0]=edge";
  }

  @Test
  void the_image_opens_the_ports_that_a_node_has_and_its_user_owns_the_data_directory(
      @TempDir Path directory) {
    String image = read(Path.of("Dockerfile"));
    Matcher variable = Pattern.compile("(?m)^ENV (STENTOR_\\w+)=(\\S+)$").matcher(image);
    Map<String, String> variables = new HashMap<>();
    while (variable.find()) {
      variables.put(variable.group(1), variable.group(2));
    }
    Config config = new ConfigLoader(directory, variables).load(List.of(), List.of()).config();
    String data = config.dataDir();
    assertThat(image)
        .contains("\nVOLUME " + data + "\n", "install -d -o 9898 -g 9898 -m 0700 " + data + "\n")
        .contains(
            "\nEXPOSE "
                + config.http().port()
                + " "
                + config.cluster().port()
                + " "
                + config.cluster().busPort()
                + "\n");
  }

  @Test
  void proxies_wait_longer_than_the_longest_silence_and_take_the_largest_body() {
    Config config = new ConfigLoader(Path.of(""), Map.of()).load(List.of(), List.of()).config();
    int silence = Math.max(LONGEST_POLL_SECONDS, config.webSocket().pingIntervalSeconds());
    String nginx = read(OPERATIONS.resolve("nginx.conf"));
    assertThat(number(nginx, "proxy_read_timeout (\\d+)s;")).isGreaterThan(silence);
    assertThat(number(nginx, "client_max_body_size (\\d+)m;")).isGreaterThanOrEqualTo(1);
    assertThat(number(nginx, "server node1:(\\d+) ")).isEqualTo(config.http().port());
    String haproxy = read(OPERATIONS.resolve("haproxy.cfg"));
    for (String side : List.of("client", "server", "tunnel")) {
      assertThat(number(haproxy, "timeout " + side + " (\\d+)s\n")).isGreaterThan(silence);
    }
    assertThat(number(haproxy, "server node1 node1:(\\d+)\n")).isEqualTo(config.http().port());
  }

  @Test
  void the_unit_has_files_of_its_own_and_is_not_started_again_when_its_options_are_refused() {
    String unit = read(OPERATIONS.resolve("stentor.service"));
    assertThat(unit).contains("RestartPreventExitStatus=2\n", "--conf /etc/stentor/stentor.json\n");
    assertThat(unit).contains("\nStateDirectory=stentor\n", "=STENTOR_DATA_DIR=/var/lib/stentor\n");
    assertThat(number(unit, "TimeoutStopSec=(\\d+)"))
        .isGreaterThan(number(unit, "STENTOR_DRAIN_TIMEOUT_SECONDS=(\\d+)"));
  }

  private static int number(String text, String pattern) {
    Matcher found = Pattern.compile(pattern).matcher(text);
    assertThat(found.find()).as(pattern).isTrue();
    return Integer.parseInt(found.group(1));
  }
}
