package io.stentor.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.stentor.support.Client;
import io.stentor.support.NodeInProcess;
import io.stentor.support.Scrape;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Names, table, dashboard and alerts speak of the metrics that a real node serves, and no others.
 */
class MetricsAreDocumentedTest {
  private static final Path DIRECTORY = Path.of("docs/operations");
  private static final Pattern ROW = Pattern.compile("(?m)^\\| `(\\w+)` \\| (\\w+) \\|(.*?)\\|");
  private static final Pattern LABEL = Pattern.compile("(\\w+)=\"");
  private static final Pattern METRIC =
      Pattern.compile("\\b(?:stentor|jvm|process|system)_[a-z_]+");

  private static Scrape scrape;

  @BeforeAll
  static void look(@TempDir Path data) throws IOException {
    JsonObject options = new JsonObject().put("dataDir", data.toString());
    try (NodeInProcess node = NodeInProcess.start(options);
        Client client = Client.connect(node.port(), "/")) {
      // Some are not there before their thing has happened for the first time.
      client.sendBinary(new byte[] {1}).expectClosed(1003);
      System.gc();
      await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(
              () ->
                  assertThat(Scrape.of(node.port()).types())
                      .containsKeys("jvm_gc_pause_seconds", "stentor_connections_closed_total"));
      scrape = Scrape.of(node.port());
    }
  }

  @Test
  void every_metric_has_a_line_of_help() {
    assertThat(scrape.help().keySet()).isEqualTo(scrape.types().keySet());
    assertThat(scrape.help().values()).allMatch(line -> line.length() > 5);
  }

  @AfterAll
  static void forget() {
    scrape = null;
  }

  @Test
  void every_name_is_served_and_every_served_name_is_one_of_them() {
    Set<String> names =
        Arrays.stream(MetricName.values())
            .flatMap(name -> name.scraped().stream())
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(scrape.types().keySet()).containsExactlyInAnyOrderElementsOf(names);
  }

  @Test
  void the_table_has_every_name_with_its_type_and_labels_and_no_other() throws IOException {
    TreeMap<String, String> documented = new TreeMap<>();
    ROW.matcher(read("METRICS.md"))
        .results()
        .forEach(
            row -> documented.put(row.group(1), row.group(2) + " " + words(row.group(3).strip())));
    TreeMap<String, String> served = new TreeMap<>();
    scrape.types().forEach((name, type) -> served.put(name, type + " " + labels(name)));
    assertThat(documented).isEqualTo(served);
  }

  @Test
  void the_dashboard_uses_names_that_exist() throws IOException {
    JsonArray panels = new JsonObject(read("dashboard.json")).getJsonArray("panels");
    List<String> used = new ArrayList<>();
    for (Object panel : panels) {
      for (Object target : ((JsonObject) panel).getJsonArray("targets")) {
        used.addAll(metrics(((JsonObject) target).getString("expr")));
      }
    }
    assertThat(used).hasSizeGreaterThan(30);
    assertExist(used);
  }

  @Test
  void the_alerts_use_names_that_exist() throws IOException {
    List<String> used = metrics(read("alerts.yml"));
    assertThat(used).hasSizeGreaterThan(10);
    assertExist(used);
  }

  @Test
  void promtool_accepts_the_alerts_and_their_tests() throws IOException, InterruptedException {
    assumeThat(isInstalled()).as("promtool, of Debian's package prometheus").isTrue();
    assertThat(promtool("check", "rules", "alerts.yml")).isZero();
    assertThat(promtool("test", "rules", "alerts.test.yml")).isZero();
  }

  private static boolean isInstalled() {
    return Arrays.stream(System.getenv("PATH").split(":"))
        .anyMatch(directory -> Files.isExecutable(Path.of(directory, "promtool")));
  }

  private static int promtool(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("promtool"));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).directory(DIRECTORY.toFile()).inheritIO().start().waitFor();
  }

  /** The labels of a metric, apart from those of buckets and quantiles. */
  private static Set<String> labels(String name) {
    Set<String> labels = new TreeSet<>();
    for (String series : scrape.values().keySet()) {
      if (series.startsWith(name + "{") || series.startsWith(name + "_count{")) {
        LABEL.matcher(series).results().forEach(label -> labels.add(label.group(1)));
      }
    }
    return labels;
  }

  private static Set<String> words(String labels) {
    return Arrays.stream(labels.replace("`", "").split("[ ,]+"))
        .filter(word -> !word.isEmpty())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static List<String> metrics(String text) {
    return METRIC.matcher(text).results().map(found -> found.group()).toList();
  }

  private static void assertExist(List<String> used) {
    for (String name : used) {
      String of = name.replaceFirst("_(bucket|count|sum)$", "");
      String type = scrape.types().get(scrape.types().containsKey(name) ? name : of);
      assertThat(type).as("type of %s", name).isNotNull();
      if (name.endsWith("_bucket")) {
        assertThat(type).as("type of %s", of).isEqualTo("histogram");
      }
    }
  }

  private static String read(String file) throws IOException {
    return Files.readString(DIRECTORY.resolve(file));
  }
}
