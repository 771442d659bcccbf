package io.stentor.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.stentor.config.ConfigLoader.Flag;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each kind of fault is refused with one exact sentence. */
class RefusalTest {
  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
"""
{'http': {'port': 70000}}            | http.port is 70000 (from a.json), but must be an integer from 0 to 65535
{'http': {'port': -1}}               | http.port is -1 (from a.json), but must be an integer from 0 to 65535
{'http': {'port': 1.5}}              | http.port is 1.5 (from a.json), but must be an integer from 0 to 65535
{'http': {'port': 99999999999999}}   | http.port is 99999999999999 (from a.json), but must be an integer from 0 to 65535
{'http': {'port': '80'}}             | http.port is '80' (from a.json), but must be an integer from 0 to 65535
{'http': {'port': null}}             | http.port is null (from a.json), but must be an integer from 0 to 65535
{'http': {'webroot': ''}}            | http.webroot is '' (from a.json), but must be a text that is not empty
{'http': {'webroot': 'nowhere'}}     | http.webroot is 'nowhere' (from a.json), but must be a directory that exists
{'http': {'host': 'a b'}}            | http.host is 'a b' (from a.json), but must be an address or a host name
{'http': null}                       | http is null (from a.json), but must be an object
{'http': 9898}                       | http is 9898 (from a.json), but must be an object
{'http': {'allowedOrigins': '*'}}    | http.allowedOrigins is '*' (from a.json), but must be a list without repeats
{'http': {'allowedOrigins': ['null','null']}} | http.allowedOrigins is ['null','null'] (from a.json), but must be a list without repeats
{'http': {'allowedOrigins': ['http://a/']}} | http.allowedOrigins[0] is 'http://a/' (from a.json), but must be an origin such as https://example.org, without a path, or file://, null or self
{'cluster': {'enabled': 'yes'}} | cluster.enabled is 'yes' (from a.json), but must be true or false
{'logging': {'level': 'loud'}}       | logging.level is 'loud' (from a.json), but must be error, warn, info, debug or trace
{'logging': {'format': 'xml'}}       | logging.format is 'xml' (from a.json), but must be text or json
{'cluster': {'members': ['a:99999']}} | cluster.members[0] is 'a:99999' (from a.json), but must be host or host:port with a port from 1 to 65535, an IPv6 address in brackets
{'cluster': {'members': ['a', '[:::1]:5701']}} | cluster.members[1] is '[:::1]:5701' (from a.json), but must be host or host:port with a port from 1 to 65535, an IPv6 address in brackets
{'cluster': {'members': ['10.0.0.999']}} | cluster.members[0] is '10.0.0.999' (from a.json), but must be host or host:port with a port from 1 to 65535, an IPv6 address in brackets
{'cluster': {'multicast': {'group': '224.999.1.1'}}} | cluster.multicast.group is '224.999.1.1' (from a.json), but must be an address from 224.0.0.0 to 239.255.255.255
{'cluster': {'members': ['a:b:c']}}  | cluster.members[0] is 'a:b:c' (from a.json), but must be host or host:port, an IPv6 address in brackets
{'cluster': {'discovery': 'kubernetes'}} | cluster.kubernetesServiceDns is '' (from the defaults), but must be a service's DNS name where discovery is kubernetes
{'rooms': [{'transform': 'shout'}]}  | rooms[0].match is missing (from a.json), but must be 1 to 128 letters and digits of any script, . _ - : @ # ~ + and *
{'rooms': [{'match': 'a'}, {'match': 'b c'}]} | rooms[1].match is 'b c' (from a.json), but must be 1 to 128 letters and digits of any script, . _ - : @ # ~ + and *
{'rooms': [{'match': 'a', 'slowConsumer': 'wait'}]} | rooms[0].slowConsumer is 'wait' (from a.json), but must be disconnect, skip or latest
{'rooms': ['lobby']}                 | rooms[0] is 'lobby' (from a.json), but must be an object
{'rooms': [{'match': 'a', 'history': {'bytes': 10}}]} | rooms[0].history.bytes is 10 (from a.json), but must be at least maxMessageBytes, which is 65536
{'rooms': [{'match': 'a', 'history': {'messages': 0, 'onJoin': 'latest'}}]} | rooms[0].history.onJoin is 'latest' (from a.json), but must be 'none', because history.messages is 0
{'roomDefaults': {'history': {'onJoin': 'latest'}}, 'rooms': [{'match': 'a', 'history': {'messages': 0}}]} | rooms[0].history.onJoin is 'latest' (from a.json), but must be 'none', because history.messages is 0
{'dataDir': 1}                       | dataDir is 1 (from a.json), but must be a text
{'cluster': {'restartWaitSeconds': -1}} | cluster.restartWaitSeconds is -1 (from a.json), but must be an integer from 0 to 3600
{'roomDefaults': {'history': {'durability': 'disk'}}} | roomDefaults.history.durability is 'disk' (from a.json), but must be auto, memory, buffered or synced
{'roomDefaults': {'history': {'durability': 'synced'}}} | roomDefaults.history.durability is 'synced' (from a.json), but must be 'memory' or 'auto', because dataDir is empty
{'dataDir': '/data', 'roomDefaults': {'history': {'bytes': 67108865}}} | roomDefaults.history.bytes is 67108865 (from a.json), but must be at most 67108864 in a room that is kept on disk
{'rooms': [{'match': 'a'}, {'match': 'b', 'history': {'durability': 'buffered'}}]} | rooms[1].history.durability is 'buffered' (from a.json), but must be 'memory' or 'auto', because dataDir is empty
{'roomDefaults': {'history': {'onJoin': 'newest'}}} | roomDefaults.history.onJoin is 'newest' (from a.json), but must be none or latest
{'roomDefaults': {'maxMessageBytes': 2000000}} | roomDefaults.history.bytes is 1048576 (from the defaults), but must be at least maxMessageBytes, which is 2000000
{'roomDefaults': {'tailBytes': 100}} | roomDefaults.tailBytes is 100 (from a.json), but must be at least maxMessageBytes, which is 65536
{'roomDefaults': {'appendQueueBytes': 100}} | roomDefaults.appendQueueBytes is 100 (from a.json), but must be at least maxMessageBytes, which is 65536
""")
  void refuses_a_bad_value(String json, String sentence) throws IOException {
    assertThat(refusal(json))
        .isEqualTo(sentence.replace('\'', '"').replace("service\"s", "service's"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
"""
{'http': {'prot': 1}}               | http.prot (from a.json) is not an option; did you mean http.port?
{'port': 9898}                      | port (from a.json) is not an option; did you mean http.port?
{'htpp': {'port': 9898}}            | htpp (from a.json) is not an option; did you mean http?
{'websocket': {}} | websocket (from a.json) is not an option; did you mean webSocket?
{'roomDefaults': {'history': {'message': 1}}} | roomDefaults.history.message (from a.json) is not an option; did you mean roomDefaults.history.messages?
{'rooms': [{'match': 'a', 'transfrom': 'none'}]} | rooms[0].transfrom (from a.json) is not an option; did you mean rooms[0].transform?
{'http': {'a/b ~c': 1}}             | http.a/b ~c (from a.json) is not an option; did you mean http.host?
""")
  void refuses_an_unknown_key_by_name(String json, String sentence) throws IOException {
    assertThat(refusal(json)).isEqualTo(sentence);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
"""
{'http': {'port': 1,}}  | a.json, line 1, column 21: not valid JSON: Unexpected character ('}' (code 125)): was expecting double-quote to start field name
{'http': {'port': 1}} x | a.json, line 1, column 24: not valid JSON: Unrecognized token 'x': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')
{} {}                   | a.json, line 1, column 4: not valid JSON: something follows the closing brace
{'http': {'port': 1, 'port': 2}} | a.json, line 1, column 28: not valid JSON: Duplicate field 'port'
{'http': [ | a.json, line 1, column 11: not valid JSON: Unexpected end-of-input: expected close marker for Array (start marker at line: 1, column: 10)
{'http': {'port': NaN}} | a.json, line 1, column 22: not valid JSON: Non-standard token 'NaN'
[1]                     | a.json must hold one JSON object: { … }
``                      | a.json must hold one JSON object: { … }
""")
  void refuses_what_is_not_json_with_file_line_and_column(String json, String sentence)
      throws IOException {
    assertThat(refusal(json)).isEqualTo(sentence);
  }

  @Test
  void counts_the_lines_of_what_is_not_json() throws IOException {
    assertThat(refusal("{\n  'http': {\n    'port' 1\n  }\n}"))
        .startsWith("a.json, line 3, column 12: not valid JSON: ");
  }

  static List<Arguments> overALimit() {
    int many = 100_000;
    return List.of(
        Arguments.of("lists", "{'rooms':" + "[".repeat(many) + "]".repeat(many) + "}"),
        Arguments.of("objects", "{'http':".repeat(many) + "1" + "}".repeat(many)),
        Arguments.of("objects without an end", "{'http':".repeat(many)),
        Arguments.of("digits", "{'http':{'port':" + "9".repeat(many) + "}}"),
        Arguments.of("a name", "{'" + "a".repeat(many) + "':1}"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("overALimit")
  void refuses_what_is_over_a_limit_of_json(String what, String json) throws IOException {
    assertThat(refusal(json))
        .startsWith("a.json, line 1, column ")
        .contains("not valid JSON: ", " exceeds the maximum allowed (")
        .doesNotContain("\n", "`", "get");
  }

  @Test
  void refuses_a_file_that_is_too_long_without_reading_all_of_it() {
    assertThat(refusal(Map.of(), "/dev/zero"))
        .isEqualTo("cannot read /dev/zero: it is longer than 16 MiB");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'http': {'webroot': 'a\\u0000b'}}",
        "{'http': {'unixSocket': 'a\\u0000b'}}",
        "{'http': {'host': 'a\\u0000b'}}",
        "{'http': {'tls': {'certificateFile': 'a\\u0000b', 'keyFile': 'c'}}}",
        "{'identity': {'tokens': {'hmacSecretFile': 'a\\u0000b'}}}",
        "{'identity': {'tokens': {'publicKeyFiles': ['a\\u0000b']}}}",
        "{'cluster': {'name': '\\ud800'}}"
      })
  void refuses_a_text_with_characters_that_nothing_can_be_named_with(String json)
      throws IOException {
    assertThat(refusal(json))
        .contains(" (from a.json), but must be a text without the character U+0000")
        .doesNotContain("\u0000");
  }

  @Test
  void a_byte_order_mark_does_no_harm() throws IOException {
    Files.writeString(directory.resolve("a.json"), "\ufeff{\"http\":{\"port\":1}}");
    assertThat(
            new ConfigLoader(directory, Map.of())
                .load(List.of("a.json"), List.of())
                .config()
                .http()
                .port())
        .isEqualTo(1);
  }

  @Test
  void refuses_a_file_that_is_not_there() {
    assertThat(refusal(Map.of(), "nowhere.json"))
        .isEqualTo("cannot read nowhere.json: there is no such file");
  }

  @Test
  void refuses_a_directory_in_place_of_a_file() throws IOException {
    Files.createDirectory(directory.resolve("conf"));
    assertThat(refusal(Map.of(), "conf")).isEqualTo("cannot read conf: it is a directory");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
"""
STENTOR_HTTP_PORT             | eighty    | http.port is 'eighty' (from STENTOR_HTTP_PORT), but must be an integer from 0 to 65535
STENTOR_CLUSTER_ENABLED       | yes       | cluster.enabled is 'yes' (from STENTOR_CLUSTER_ENABLED), but must be true or false
STENTOR_LOGGING_LEVEL         | loud      | logging.level is 'loud' (from STENTOR_LOGGING_LEVEL), but must be error, warn, info, debug or trace
STENTOR_HTTP_ALLOWED_ORIGINS  | null,b    | http.allowedOrigins[1] is 'b' (from STENTOR_HTTP_ALLOWED_ORIGINS), but must be an origin such as https://example.org, without a path, or file://, null or self
STENTOR_ROOMS                 | lobby     | rooms is 'lobby' (from STENTOR_ROOMS), but must be a list
STENTOR_ROOMS                 | [{]       | rooms is '[{]' (from STENTOR_ROOMS), but must be a list
STENTOR_ROOM_DEFAULTS_TAIL_BYTES | 5      | roomDefaults.tailBytes is 5 (from STENTOR_ROOM_DEFAULTS_TAIL_BYTES), but must be at least maxMessageBytes, which is 65536
""")
  void refuses_a_bad_variable_by_name(String name, String text, String sentence) {
    assertThat(refusal(Map.of(name, text))).isEqualTo(sentence.replace('\'', '"'));
  }

  @Test
  void refuses_a_bad_flag_by_name() {
    ConfigLoader loader = new ConfigLoader(directory, Map.of("STENTOR_HTTP_PORT", "1"));
    Flag flag = new Flag("--port", "http.port", "abc");
    assertThat(refusal(() -> loader.load(List.of(), List.of(flag))))
        .isEqualTo("http.port is \"abc\" (from --port), but must be an integer from 0 to 65535");
  }

  @Test
  void names_the_last_of_the_files_that_set_the_value() throws IOException {
    write("b.json", "{'http': {'port': 70000}}");
    write("c.json", "{'http': {'host': 'c'}}");
    write("d.json", "{'http': {'port': 70001}}");
    assertThat(refusal(Map.of(), "b.json", "d.json", "c.json"))
        .startsWith("http.port is 70001 (from d.json)");
  }

  @Test
  void shows_only_the_beginning_of_a_long_value() throws IOException {
    assertThat(refusal("{'logging': {'level': '" + "😀".repeat(500) + "'}}"))
        .isEqualTo(
            "logging.level is \""
                + "😀".repeat(79)
                + "… (from a.json), but must be error, warn, info, debug or trace");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "a/b", "é?", "a\\n"})
  void refuses_a_pattern_that_no_room_can_have(String match) throws IOException {
    assertThat(refusal("{'rooms': [{'match': '" + match + "'}]}")).startsWith("rooms[0].match is");
    assertThat(refusal("{'rooms': [{'match': '" + "a".repeat(129) + "'}]}"))
        .startsWith("rooms[0].match is");
  }

  @Test
  void a_room_without_a_log_needs_no_bytes_for_it() throws IOException {
    write("a.json", "{'roomDefaults': {'history': {'messages': 0, 'bytes': 1}}}");
    LoadedConfig loaded = new ConfigLoader(directory, Map.of()).load(List.of("a.json"), List.of());
    assertThat(loaded.config().roomDefaults().history().bytes()).isEqualTo(1);
  }

  private String refusal(String json) throws IOException {
    write("a.json", json);
    return refusal(Map.of(), "a.json");
  }

  private String refusal(Map<String, String> variables, String... files) {
    ConfigLoader loader = new ConfigLoader(directory, variables);
    return refusal(() -> loader.load(List.of(files), List.of()));
  }

  private static String refusal(org.assertj.core.api.ThrowableAssert.ThrowingCallable load) {
    ConfigException refusal = catchThrowableOfType(ConfigException.class, load);
    assertThat(refusal).as("a refusal").isNotNull();
    assertThat(refusal.getMessage()).doesNotContain("\n");
    return refusal.getMessage();
  }

  private void write(String name, String json) throws IOException {
    Files.writeString(directory.resolve(name), json.replace('\'', '"'));
  }
}
