package io.stentor.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.server.OperationsEndpoint;
import io.stentor.support.Yaml;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What looks after nodes asks for paths that they have. */
class ProbesTest {
  private static final Path OPERATIONS = Path.of("docs", "operations");

  @Test
  void kubernetes_asks_whether_nodes_live_and_are_ready() {
    Yaml container =
        Yaml.documents(OPERATIONS.resolve("kubernetes.yaml")).stream()
            .filter(one -> one.at("kind").text().equals("StatefulSet"))
            .findFirst()
            .orElseThrow()
            .at("spec", "template", "spec", "containers")
            .named("stentor");
    for (String probe : new String[] {"startupProbe", "livenessProbe"}) {
      assertThat(container.at(probe, "httpGet", "path").text()).isEqualTo(OperationsEndpoint.LIVE);
      assertThat(container.at(probe, "httpGet", "port").text()).isEqualTo("ops");
    }
    assertThat(container.at("readinessProbe", "httpGet", "path").text())
        .isEqualTo(OperationsEndpoint.READY);
  }

  @Test
  void haproxy_asks_whether_nodes_are_ready_and_both_proxies_hide_what_is_not_for_clients()
      throws IOException {
    String haproxy = Files.readString(OPERATIONS.resolve("haproxy.cfg"));
    assertThat(haproxy).contains(" uri " + OperationsEndpoint.READY + " ");
    assertThat(haproxy).contains("{ path " + OperationsEndpoint.METRICS + " }");
    assertThat(Files.readString(OPERATIONS.resolve("nginx.conf")))
        .contains("location = " + OperationsEndpoint.METRICS + " {");
  }

  @Test
  void the_image_asks_whether_the_node_lives() throws IOException {
    assertThat(Files.readString(Path.of("Dockerfile")))
        .contains("GET " + OperationsEndpoint.LIVE + " HTTP/1.1");
  }
}
