package io.stentor;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.config.LoadedConfig;
import io.stentor.identity.ApiKeys;
import io.stentor.lifecycle.Node;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.BindException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command line inside this JVM; the node is a stand-in that does not start. */
class MainTest {
  @TempDir Path directory;
  private final Map<String, String> environment = new HashMap<>();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private BiFunction<LoadedConfig, Future<Void>, Future<Node>> start =
      (loaded, cancelled) -> {
        throw new AssertionError("must not start");
      };

  @Test
  void check_says_that_the_configuration_is_valid_and_what_was_read() throws Exception {
    Files.writeString(directory.resolve("a.json"), "{}");
    assertThat(run("--check", "--conf", "a.json", "--port", "0")).isEqualTo(0);
    assertThat(out).hasToString("configuration is valid: the defaults, a.json, --port\n");
    assertThat(err).hasToString("");
  }

  @Test
  void check_warns_of_variables_that_are_ignored() {
    environment.put("STENTOR_HTP_PORT", "1");
    assertThat(run("--check")).isEqualTo(0);
    assertThat(err)
        .hasToString(
            "STENTOR_HTP_PORT is not an option and is ignored; did you mean STENTOR_HTTP_PORT?\n");
  }

  @Test
  void check_refuses_on_standard_error_with_exit_code_2() {
    assertThat(run("--check", "--port", "70000")).isEqualTo(2);
    assertThat(out).hasToString("");
    assertThat(err)
        .hasToString("http.port is 70000 (from --port), but must be an integer from 0 to 65535\n");
  }

  @Test
  void a_data_directory_that_is_none_is_refused_with_exit_code_1() {
    assertThat(run("--inspect-data", "data")).isEqualTo(1);
    assertThat(out).hasToString("");
    assertThat(err).hasToString(directory.resolve("data") + " is not a directory\n");
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void a_refused_configuration_starts_nothing() {
    assertThat(run("--conf", "nowhere.json")).isEqualTo(2);
    assertThat(err).hasToString("cannot read nowhere.json: there is no such file\n");
  }

  @Test
  void an_unknown_flag_is_refused_with_one_line_and_exit_code_2() {
    assertThat(run("--verbose")).isEqualTo(2);
    assertThat(err).hasToString("unknown argument --verbose; try --help\n");
  }

  @Test
  void print_config_prints_only_the_effective_json() {
    assertThat(run("--print-config", "--port", "1234", "--cluster")).isEqualTo(0);
    JsonObject printed = new JsonObject(out.toString(StandardCharsets.UTF_8));
    assertThat(printed.getJsonObject("http").getInteger("port")).isEqualTo(1234);
    assertThat(printed.getJsonObject("cluster").getBoolean("enabled")).isTrue();
    assertThat(printed.getJsonObject("webSocket")).isNotNull();
    assertThat(err).hasToString("");
  }

  @Test
  void print_config_shows_the_rule_that_the_demo_adds_behind_the_others() {
    assertThat(run("--print-config", "--demo")).isEqualTo(0);
    JsonObject printed = new JsonObject(out.toString(StandardCharsets.UTF_8));
    assertThat(printed.getJsonArray("rooms").getJsonObject(0).getString("match"))
        .isEqualTo("lobby");
    JsonObject rule = printed.getJsonArray("rooms").getJsonObject(1);
    assertThat(rule.getString("match")).isEqualTo("quotes:*");
    assertThat(rule.getString("slowConsumer")).isEqualTo("latest");
  }

  @Test
  void help_and_version_read_no_configuration() {
    environment.put("STENTOR_HTTP_PORT", "broken");
    assertThat(run("--help")).isEqualTo(0);
    assertThat(run("--version")).isEqualTo(0);
    assertThat(out.toString(StandardCharsets.UTF_8)).contains("Usage: ").contains("\nStentor ");
  }

  @Test
  void a_new_key_is_printed_with_the_configuration_that_accepts_it() throws Exception {
    assertThat(run("--new-api-key")).isEqualTo(0);
    String printed = out.toString(StandardCharsets.UTF_8);
    String key = err.toString(StandardCharsets.UTF_8).split("anywhere: |\n")[1];
    assertThat(ApiKeys.hash(key)).isEqualTo(onlyKeyIn(printed).getString("sha256"));
    assertThat(onlyKeyIn(printed).containsKey("admin")).isFalse();
    assertThat(printed).doesNotContain(key);

    Files.writeString(directory.resolve("keys.json"), printed);
    out.reset();
    assertThat(run("--check", "--conf", "keys.json")).isEqualTo(0);
  }

  @Test
  void a_new_key_is_an_admin_key_if_asked_for() {
    assertThat(run("--new-api-key", "--admin")).isEqualTo(0);
    assertThat(onlyKeyIn(out.toString(StandardCharsets.UTF_8)).getBoolean("admin")).isTrue();
  }

  private static JsonObject onlyKeyIn(String configuration) {
    return new JsonObject(configuration)
        .getJsonObject("identity")
        .getJsonArray("apiKeys")
        .getJsonObject(0);
  }

  @Test
  void a_node_that_cannot_start_is_one_line_and_exit_code_1() {
    start =
        (loaded, cancelled) ->
            Future.failedFuture("cannot listen on 0.0.0.0:9898: address already in use");
    assertThat(run()).isEqualTo(1);
    assertThat(err).hasToString("cannot listen on 0.0.0.0:9898: address already in use\n");
  }

  @Test
  void a_node_that_fails_with_a_checked_exception_is_one_line_too() {
    start = (loaded, cancelled) -> Future.failedFuture(new BindException("taken"));
    assertThat(run()).isEqualTo(1);
    start = (loaded, cancelled) -> Future.failedFuture(new BindException());
    assertThat(run()).isEqualTo(1);
    assertThat(err).hasToString("taken\njava.net.BindException\n");
  }

  @Test
  void no_secret_is_printed_whatever_is_asked_for() throws Exception {
    String hash = "0".repeat(63) + "7";
    Files.writeString(
        directory.resolve("a.json"),
        "{\"identity\": {\"apiKeys\": [{\"name\": \"prices\", \"sha256\": \"" + hash + "\"}]}}");
    environment.put("STENTOR_IDENTITY_TOKENS_HMAC_SECRET", "open sesame");
    assertThat(run("--print-config", "--conf", "a.json")).isEqualTo(0);
    assertThat(out.toString(StandardCharsets.UTF_8))
        .contains("\"hmacSecret\" : \"***\"", "\"sha256\" : \"***\"", "\"name\" : \"prices\"")
        .contains("\"hmacSecretFile\" : \"\"")
        .doesNotContain("sesame", hash);
    Files.writeString(
        directory.resolve("b.json"),
        "{\"identity\": {\"apiKeys\": [{\"name\": \"x\", \"sha256\": \"my key itself\"}],"
            + "\"tokens\": {\"hmacSecret\": 123456789}}}");
    environment.clear();
    assertThat(run("--check", "--conf", "b.json")).isEqualTo(2);
    assertThat(err.toString(StandardCharsets.UTF_8))
        .contains("must be", "***")
        .doesNotContain("123456789", "my key itself");
  }

  @Test
  void a_url_is_shown_without_its_user_its_password_and_its_query() {
    String variable = "STENTOR_IDENTITY_TOKENS_JWKS_URL";
    environment.put(variable, "https://ann:pa/s@s?word@keys.example:8443/set?key=hush#more");
    assertThat(run("--print-config")).isEqualTo(0);
    assertThat(out.toString(StandardCharsets.UTF_8))
        .contains("\"jwksUrl\" : \"https://***@keys.example:8443/set?***\"")
        .doesNotContain("ann", "word", "hush", "more\"");
    out.reset();
    environment.put(variable, "https://keys.example/@scope/set");
    assertThat(run("--print-config")).isEqualTo(0);
    assertThat(out.toString(StandardCharsets.UTF_8)).contains("scope/set");
    environment.put(variable, "ftp://ann:hush@keys.example/set");
    assertThat(run("--check")).isEqualTo(2);
    assertThat(err.toString(StandardCharsets.UTF_8))
        .contains("ftp://***@keys.example/set", "must be")
        .doesNotContain("hush");
  }

  @Test
  void a_file_of_keys_that_is_not_there_is_refused_with_its_name() throws Exception {
    environment.put("STENTOR_IDENTITY_TOKENS_PUBLIC_KEY_FILES", "nowhere.pem");
    assertThat(run("--check")).isEqualTo(2);
    assertThat(err).hasToString("identity.tokens.publicKeyFiles: cannot read nowhere.pem\n");
  }

  private int run(String... args) {
    return new Main(print(out), print(err), directory, environment, start).run(args);
  }

  private static PrintStream print(ByteArrayOutputStream bytes) {
    return new PrintStream(bytes, true, StandardCharsets.UTF_8);
  }
}
