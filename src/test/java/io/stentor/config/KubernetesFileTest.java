package io.stentor.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.config.Config.DrainOptions;
import io.stentor.support.Yaml;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code kubernetes.yaml} fits to what the product has: options, ports, paths, times, its image.
 */
class KubernetesFileTest {
  private static final Path FILE = Path.of("docs", "operations", "kubernetes.yaml");
  private static final String NAMESPACE = "shop";
  private static final String ADDRESS = "10.1.2.3";

  private final List<Yaml> documents = Yaml.documents(FILE);
  private final Yaml set = document("StatefulSet", "stentor");
  private final Yaml pod = set.at("spec", "template", "spec");
  private final Yaml container = pod.at("containers").named("stentor");

  private Yaml document(String kind, String name) {
    return documents.stream()
        .filter(one -> one.at("kind").text().equals(kind))
        .filter(one -> one.at("metadata", "name").text().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + kind + " " + name));
  }

  private Config config(Path directory) throws IOException {
    Path conf = Files.createDirectories(directory.resolve("conf"));
    document("ConfigMap", "stentor")
        .at("data")
        .map()
        .forEach((name, text) -> write(conf.resolve(name), text.text()));
    LoadedConfig loaded = new ConfigLoader(directory, environment()).load(List.of(), List.of());
    assertThat(loaded.warnings()).isEmpty();
    assertThat(loaded.sources()).contains("conf/stentor.json");
    return loaded.config();
  }

  private static void write(Path file, String text) {
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** What Kubernetes would make of the variables. */
  private Map<String, String> environment() {
    Map<String, String> fields = Map.of("metadata.namespace", NAMESPACE, "status.podIP", ADDRESS);
    Map<String, String> variables = new HashMap<>();
    for (Yaml one : container.at("env").list()) {
      String value;
      if (one.has("valueFrom")) {
        String field = one.at("valueFrom", "fieldRef", "fieldPath").text();
        assertThat(fields).containsKey(field);
        value = fields.get(field);
      } else {
        value = one.at("value").text();
        for (Map.Entry<String, String> known : variables.entrySet()) {
          value = value.replace("$(" + known.getKey() + ")", known.getValue());
        }
      }
      assertThat(value).doesNotContain("$(");
      variables.put(one.at("name").text(), value);
    }
    return variables;
  }

  private Map<String, Integer> containerPorts() {
    Map<String, Integer> ports = new HashMap<>();
    for (Yaml port : container.at("ports").list()) {
      ports.put(port.at("name").text(), port.at("containerPort").number());
    }
    return ports;
  }

  @Test
  void the_variables_are_options_and_the_ports_are_those_that_result(@TempDir Path directory)
      throws IOException {
    Config config = config(directory);
    assertThat(config.cluster().enabled()).isTrue();
    assertThat(config.cluster().discovery()).isEqualTo(ClusterOptions.Discovery.KUBERNETES);
    assertThat(config.cluster().host()).isEqualTo(ADDRESS);
    assertThat(config.cluster().kubernetesServiceDns())
        .isEqualTo("stentor-nodes." + NAMESPACE + ".svc.cluster.local");
    assertThat(containerPorts())
        .isEqualTo(
            Map.of(
                "http", config.http().port(),
                "ops", config.metrics().port(),
                "hazelcast", config.cluster().port(),
                "event-bus", config.cluster().busPort()));
  }

  @Test
  void the_headless_service_finds_nodes_that_are_not_ready_yet_and_names_the_cluster_ports() {
    Yaml service = document("Service", "stentor-nodes").at("spec");
    assertThat(service.at("clusterIP").text()).isEqualTo("None");
    assertThat(service.at("publishNotReadyAddresses").text()).isEqualTo("true");
    assertThat(set.at("spec", "serviceName").text()).isEqualTo("stentor-nodes");
    for (Yaml port : service.at("ports").list()) {
      assertThat(port.at("port").number()).isEqualTo(containerPorts().get(port.at("name").text()));
    }
    assertThat(document("Service", "stentor").at("spec", "ports").list().get(0).at("targetPort"))
        .hasToString("kubernetes.yaml.spec.ports[0].targetPort=http");
  }

  @Test
  void everything_selects_the_pods_that_there_are() {
    Yaml labels = set.at("spec", "template", "metadata", "labels");
    List<Yaml> selectors = new ArrayList<>();
    selectors.add(document("Service", "stentor").at("spec", "selector"));
    selectors.add(document("Service", "stentor-nodes").at("spec", "selector"));
    selectors.add(set.at("spec", "selector", "matchLabels"));
    selectors.add(document("PodDisruptionBudget", "stentor").at("spec", "selector", "matchLabels"));
    selectors.add(document("NetworkPolicy", "stentor").at("spec", "podSelector", "matchLabels"));
    Yaml rule =
        pod.at("affinity", "podAntiAffinity", "requiredDuringSchedulingIgnoredDuringExecution")
            .list()
            .get(0);
    assertThat(rule.at("topologyKey").text()).isEqualTo("kubernetes.io/hostname");
    selectors.add(rule.at("labelSelector", "matchLabels"));
    assertThat(selectors).allSatisfy(one -> assertThat(one).isEqualTo(labels));
  }

  @Test
  void only_nodes_reach_the_cluster_ports() {
    Map<String, Integer> ports = containerPorts();
    List<Integer> inside = List.of(ports.get("hazelcast"), ports.get("event-bus"));
    List<Integer> reached = new ArrayList<>();
    for (Yaml rule : document("NetworkPolicy", "stentor").at("spec", "ingress").list()) {
      for (Yaml port : rule.at("ports").list()) {
        reached.add(port.at("port").number());
        if (inside.contains(port.at("port").number())) {
          assertThat(rule.at("from").list()).hasSize(1);
          assertThat(rule.at("from").list().get(0).at("podSelector", "matchLabels"))
              .isEqualTo(set.at("spec", "template", "metadata", "labels"));
        }
      }
    }
    assertThat(reached).containsExactlyInAnyOrderElementsOf(ports.values());
  }

  @Test
  void the_container_can_do_little_and_its_user_is_the_one_of_the_image() throws IOException {
    Yaml context = container.at("securityContext");
    assertThat(context.at("allowPrivilegeEscalation").text()).isEqualTo("false");
    assertThat(context.at("readOnlyRootFilesystem").text()).isEqualTo("true");
    assertThat(context.at("capabilities", "drop").list().get(0).text()).isEqualTo("ALL");
    assertThat(pod.at("securityContext", "runAsNonRoot").text()).isEqualTo("true");
    assertThat(Files.readString(Path.of("Dockerfile")))
        .contains("--uid " + pod.at("securityContext", "runAsUser").number() + " ")
        .contains("\nUSER ");
  }

  @Test
  void what_is_mounted_is_there_and_the_configuration_lies_where_it_is_read() throws IOException {
    List<String> volumes = new ArrayList<>();
    pod.at("volumes").list().forEach(one -> volumes.add(one.at("name").text()));
    claims().forEach(one -> volumes.add(one.at("metadata", "name").text()));
    for (Yaml mount : container.at("volumeMounts").list()) {
      assertThat(volumes).contains(mount.at("name").text());
    }
    assertThat(container.at("volumeMounts").named("conf").at("mountPath").text())
        .isEqualTo("/app/conf");
    assertThat(Files.readString(Path.of("Dockerfile"))).containsPattern("(?m)^WORKDIR /app$");
  }

  private List<Yaml> claims() {
    return set.at("spec", "volumeClaimTemplates").list();
  }

  @Test
  void each_node_has_a_volume_of_its_own_that_is_mounted_where_it_keeps_its_data(
      @TempDir Path directory) throws IOException {
    Config config = config(directory);
    assertThat(config.roomDefaults().history().durability())
        .isEqualTo(RoomOptions.Durability.BUFFERED);
    Yaml claim = claims().get(0);
    assertThat(claim.at("spec", "accessModes").list())
        .extracting(Yaml::text)
        .containsExactly("ReadWriteOnce");
    assertThat(container.at("volumeMounts").named("data").at("mountPath").text())
        .isEqualTo(config.dataDir());
    assertThat(claim.at("metadata", "name").text()).isEqualTo("data");
    assertThat(pod.at("securityContext", "fsGroup").number())
        .isEqualTo(pod.at("securityContext", "runAsGroup").number());
  }

  @Test
  void nodes_that_wait_for_each_other_start_together_and_are_not_taken_for_dead(
      @TempDir Path directory) throws IOException {
    assertThat(set.at("spec", "podManagementPolicy").text()).isEqualTo("Parallel");
    Yaml probe = container.at("startupProbe");
    int granted = probe.at("periodSeconds").number() * probe.at("failureThreshold").number();
    assertThat(granted).isGreaterThan(3 * config(directory).cluster().restartWaitSeconds());
  }

  @Test
  void the_image_is_of_this_version() throws IOException {
    String version = container.at("image").text().replaceFirst(".*:", "");
    assertThat(Files.readString(Path.of("pom.xml")))
        .contains("<artifactId>stentor</artifactId>\n  <version>" + version + "</version>");
  }

  @Test
  void a_node_is_granted_the_time_that_it_takes_to_leave(@TempDir Path directory)
      throws IOException {
    DrainOptions drain = config(directory).drain();
    int period = container.at("readinessProbe", "periodSeconds").number();
    assertThat(drain.balancerSeconds()).isGreaterThan(2 * period);
    assertThat(pod.at("terminationGracePeriodSeconds").number())
        .isGreaterThan(drain.timeoutSeconds());
  }
}
