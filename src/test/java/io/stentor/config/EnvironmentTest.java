package io.stentor.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EnvironmentTest {
  private final ConfigSchema schema =
      new ConfigSchema(
          JsonFile.read("schema", Path.of("conf/stentor.schema.json").toAbsolutePath()));

  @ParameterizedTest
  @CsvSource({
    "http.port, STENTOR_HTTP_PORT",
    "webSocket.pingIntervalSeconds, STENTOR_WEB_SOCKET_PING_INTERVAL_SECONDS",
    "roomDefaults.history.messages, STENTOR_ROOM_DEFAULTS_HISTORY_MESSAGES",
  })
  void names_are_paths_in_upper_case_with_words_split(String option, String name) {
    assertThat(KeyPath.of(option).environmentName()).isEqualTo(name);
    assertThat(schema.byEnvironmentName()).containsKey(name);
  }

  @Test
  void each_text_becomes_a_value_of_its_option_s_type() {
    Environment environment =
        read(
            Map.of(
                "STENTOR_HTTP_PORT", " 80 ",
                "STENTOR_CLUSTER_ENABLED", "TRUE",
                "STENTOR_CLUSTER_NAME", "12",
                "STENTOR_CLUSTER_MEMBERS", "a, b:1,",
                "STENTOR_HTTP_ALLOWED_ORIGINS", "[\"https://a,b\"]",
                "STENTOR_ROOMS", "[{\"match\": \"x\"}]"));
    JsonObject values = environment.values();
    assertThat(values.getJsonObject("http").getInteger("port")).isEqualTo(80);
    assertThat(values.getJsonObject("http").getJsonArray("allowedOrigins"))
        .isEqualTo(JsonArray.of("https://a,b"));
    assertThat(values.getJsonObject("cluster").getValue("enabled")).isEqualTo(true);
    assertThat(values.getJsonObject("cluster").getValue("name")).isEqualTo("12");
    assertThat(values.getJsonObject("cluster").getJsonArray("members"))
        .isEqualTo(JsonArray.of("a", "b:1"));
    assertThat(values.getJsonArray("rooms")).isEqualTo(JsonArray.of(JsonObject.of("match", "x")));
    assertThat(environment.names()).hasSize(6);
    assertThat(environment.warnings()).isEmpty();
  }

  @Test
  void an_empty_variable_counts_as_unset() {
    Environment environment = read(Map.of("STENTOR_HTTP_PORT", "", "STENTOR_NONSENSE", ""));
    assertThat(environment).isEqualTo(read(Map.of()));
  }

  @Test
  void warns_of_a_variable_that_is_no_option() {
    Environment environment = read(Map.of("STENTOR_HTP_PORT", "1", "OTHER", "2", "STENTOR", "3"));
    assertThat(environment.values()).isEmpty();
    assertThat(environment.warnings())
        .containsExactly(
            "STENTOR_HTP_PORT is not an option and is ignored; did you mean STENTOR_HTTP_PORT?");
  }

  @Test
  void takes_a_plain_port_for_a_mistake_and_not_for_one_of_kubernetes() {
    assertThat(read(Map.of("STENTOR_PORT", "9898")).warnings())
        .singleElement()
        .asString()
        .startsWith("STENTOR_PORT is not an option and is ignored; did you mean STENTOR_");
  }

  @Test
  void names_in_one_line_what_kubernetes_sets_for_a_service() {
    Environment environment =
        read(
            Map.of(
                "STENTOR_PORT", "tcp://10.0.0.9:9898",
                "STENTOR_PORT_9898_TCP", "tcp://10.0.0.9:9898",
                "STENTOR_PORT_9898_TCP_ADDR", "10.0.0.9",
                "STENTOR_PORT_9898_TCP_PORT", "9898",
                "STENTOR_SERVICE_HOST", "10.0.0.9",
                "STENTOR_SERVICE_PORT", "9898",
                "STENTOR_SERVICE_PORT_HTTP", "9898",
                "STENTOR_ADMIN_SERVICE_PORT", "1"));
    assertThat(environment.values()).isEmpty();
    assertThat(environment.warnings())
        .containsExactly(
            "ignored, as set by Kubernetes for a service: STENTOR_ADMIN_SERVICE_PORT,"
                + " STENTOR_PORT, STENTOR_PORT_9898_TCP, STENTOR_PORT_9898_TCP_ADDR,"
                + " STENTOR_PORT_9898_TCP_PORT, STENTOR_SERVICE_HOST, STENTOR_SERVICE_PORT,"
                + " STENTOR_SERVICE_PORT_HTTP");
  }

  @ParameterizedTest
  @ValueSource(strings = {"HTTP", "METRICS", "CLUSTER", "CLUSTER_BUS", "CLUSTER_MULTICAST"})
  void a_service_whose_variables_have_the_names_of_options_sets_no_option(String service) {
    String prefix = "STENTOR_" + service;
    Map<String, String> links =
        Map.of(
            prefix + "_PORT", "tcp://10.0.0.9:80",
            prefix + "_PORT_80_TCP", "tcp://[fd00::9]:80",
            prefix + "_PORT_80_TCP_PROTO", "tcp",
            prefix + "_PORT_80_TCP_PORT", "80",
            prefix + "_PORT_80_TCP_ADDR", "10.0.0.9",
            prefix + "_SERVICE_HOST", "10.0.0.9",
            prefix + "_SERVICE_PORT", "80",
            prefix + "_SERVICE_PORT_WEB", "80");
    Environment environment = read(links);
    assertThat(schema.byEnvironmentName()).containsKey(prefix + "_PORT");
    assertThat(environment.values()).isEmpty();
    assertThat(environment.names()).isEmpty();
    assertThat(environment.warnings())
        .singleElement()
        .asString()
        .startsWith("ignored, as set by Kubernetes for a service: ")
        .contains(links.keySet());
  }

  private Environment read(Map<String, String> variables) {
    return Environment.read(variables, schema);
  }
}
