package io.stentor.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.config.Config.LoggingOptions;
import io.stentor.config.Config.RoomRule;
import io.stentor.config.ConfigLoader.Flag;
import io.stentor.config.HttpOptions.TlsOptions;
import io.stentor.config.RoomOptions.Durability;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigLoaderTest {
  @TempDir Path directory;
  private final Map<String, String> variables = new HashMap<>();

  @Test
  void without_files_the_defaults_of_the_jar_hold() {
    LoadedConfig loaded = load(List.of());
    assertThat(loaded.sources()).containsExactly("the defaults");
    assertThat(loaded.warnings()).isEmpty();
    Config config = loaded.config();
    assertThat(config.http())
        .isEqualTo(
            new HttpOptions(
                "0.0.0.0", 9898, "", "webroot", List.of(), "", "660", new TlsOptions("", "")));
    assertThat(config.cluster().discovery()).isEqualTo(ClusterOptions.Discovery.MEMBERS);
    assertThat(config.logging().level()).isEqualTo(LoggingOptions.Level.INFO);
    assertThat(config.roomDefaults().history())
        .isEqualTo(new RoomOptions.History(1000, 1048576, 300));
    assertThat(config.rooms()).extracting(RoomRule::match).containsExactly("lobby");
  }

  @Test
  void each_source_wins_over_the_ones_before_it() throws IOException {
    file("conf/stentor.json", "{'http': {'host': 'a', 'port': 1}, 'eventLoops': 1}");
    file("b.json", "{'http': {'port': 2}, 'eventLoops': 2, 'logging': {'level': 'warn'}}");
    file("c.json", "{'eventLoops': 3, 'logging': {'level': 'error'}}");
    variables.put("STENTOR_LOGGING_LEVEL", "debug");
    variables.put("STENTOR_CLUSTER_NAME", "from-environment");
    variables.put("STENTOR_HTTP_PORT", "4");
    LoadedConfig loaded = load(List.of("b.json", "c.json"), new Flag("--port", "http.port", "5"));

    Config config = loaded.config();
    assertThat(config.http().host()).isEqualTo("a");
    assertThat(config.eventLoops()).isEqualTo(3);
    assertThat(config.logging().level()).isEqualTo(LoggingOptions.Level.DEBUG);
    assertThat(config.cluster().name()).isEqualTo("from-environment");
    assertThat(config.http().port()).isEqualTo(5);
    assertThat(loaded.sources())
        .containsExactly(
            "the defaults",
            "conf/stentor.json",
            "b.json",
            "c.json",
            "environment (STENTOR_CLUSTER_NAME, STENTOR_HTTP_PORT, STENTOR_LOGGING_LEVEL)",
            "--port");
  }

  @Test
  void objects_are_merged_deeply_and_lists_replaced() throws IOException {
    file(
        "a.json",
        "{'roomDefaults': {'history': {'messages': 7}}, 'rooms': [{'match': 'a'}, {'match':"
            + " 'b'}]}");
    file("b.json", "{'roomDefaults': {'history': {'ageSeconds': 8}}, 'rooms': [{'match': 'c'}]}");
    LoadedConfig loaded = load(List.of("a.json", "b.json"));
    assertThat(loaded.config().roomDefaults().history())
        .isEqualTo(new RoomOptions.History(7, 1048576, 8));
    assertThat(loaded.config().rooms()).extracting(RoomRule::match).containsExactly("c");
    assertThat(loaded.effective().getJsonArray("rooms"))
        .isEqualTo(new JsonArray().add(new JsonObject().put("match", "c")));
  }

  @Test
  void a_rule_takes_what_it_leaves_out_from_the_room_defaults() throws IOException {
    file(
        "a.json",
        "{'roomDefaults': {'coalesceMillis': 9, 'history': {'messages': 7}},"
            + " 'rooms': [{'match': 'quotes:*', 'history': {'bytes': 99999}}]}");
    RoomOptions options = load(List.of("a.json")).config().rooms().get(0).options();
    assertThat(options.coalesceMillis()).isEqualTo(9);
    assertThat(options.history()).isEqualTo(new RoomOptions.History(7, 99999, 300));
  }

  @Test
  void durability_fits_whether_there_is_a_data_directory_unless_it_is_configured()
      throws IOException {
    file(
        "a.json",
        "{'rooms': [{'match': 'a', 'history': {'durability': 'auto'}},"
            + " {'match': 'b', 'history': {'durability': 'memory'}},"
            + " {'match': 'c', 'history': {'messages': 0}}, {'match': 'd'}]}");
    assertThat(durabilities(load(List.of("a.json")))).containsOnly(Durability.MEMORY);
    LoadedConfig kept = load(List.of("a.json"), new Flag("--data-dir", "dataDir", "data"));
    assertThat(kept.config().dataDir()).isEqualTo("data");
    assertThat(durabilities(kept))
        .containsExactly(
            Durability.BUFFERED,
            Durability.BUFFERED,
            Durability.MEMORY,
            Durability.MEMORY,
            Durability.BUFFERED);
    assertThat(KeyPath.of("roomDefaults.history.durability").valueIn(kept.effective()))
        .isEqualTo("buffered");
    file("b.json", "{'dataDir': 'data', 'roomDefaults': {'history': {'durability': 'synced'}}}");
    assertThat(durabilities(load(List.of("a.json", "b.json"))))
        .containsExactly(
            Durability.SYNCED,
            Durability.BUFFERED,
            Durability.MEMORY,
            Durability.MEMORY,
            Durability.SYNCED);
  }

  private static List<Durability> durabilities(LoadedConfig loaded) {
    List<Durability> all = new ArrayList<>();
    all.add(loaded.config().roomDefaults().history().durability());
    loaded.config().rooms().forEach(rule -> all.add(rule.options().history().durability()));
    return all;
  }

  @Test
  void what_is_effective_gives_the_same_configuration_again() throws IOException {
    LoadedConfig loaded = load(List.of(), new Flag("--cluster", "cluster.enabled", "true"));
    file("again.json", loaded.effective().encodePrettily());
    LoadedConfig again = load(List.of("again.json"));
    assertThat(again.effective()).isEqualTo(loaded.effective());
    assertThat(again.config()).isEqualTo(loaded.config());
    assertThat(again.config().cluster().enabled()).isTrue();
  }

  @Test
  void a_file_may_hold_comments() throws IOException {
    file("a.json", "{ // the port\n 'http': {'port': 1 /* one */}}");
    assertThat(load(List.of("a.json")).config().http().port()).isEqualTo(1);
  }

  @Test
  void another_webroot_is_taken_if_it_is_there() throws IOException {
    Files.createDirectory(directory.resolve("pages"));
    file("a.json", "{'http': {'webroot': 'pages'}}");
    assertThat(load(List.of("a.json")).config().http().webroot()).isEqualTo("pages");
  }

  @Test
  void the_default_webroot_may_be_named_without_being_there() throws IOException {
    file("conf/stentor.json", "{'http': {'webroot': 'webroot'}}");
    assertThat(load(List.of()).config().http().webroot()).isEqualTo("webroot");
  }

  @Test
  void room_names_of_any_script_may_be_matched() throws IOException {
    file("a.json", "{'rooms': [{'match': '聊天室:१२-हिन्दी'}, {'match': 'a.b_c-d:e@f#g~h+i*'}]}");
    assertThat(load(List.of("a.json")).config().rooms()).hasSize(2);
  }

  private LoadedConfig load(List<String> files, Flag... flags) {
    return new ConfigLoader(directory, variables).load(files, List.of(flags));
  }

  private void file(String name, String json) throws IOException {
    Path file = directory.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, json.replace('\'', '"'));
  }
}
