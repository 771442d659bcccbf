package io.stentor.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.config.Config.RoomRule;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every option of the records is in the defaults, the schema and the documents, and no other. */
class OptionsAreCompleteTest {
  private static final Pattern ROW =
      Pattern.compile("(?m)^\\| `([^`]+)` +\\| `([^`]+)` +\\| `([^`]+)` +\\| (.+) \\|$");

  private final JsonObject defaults = json("conf/stentor.json");
  private final ConfigSchema schema = new ConfigSchema(json("conf/stentor.schema.json"));
  private final List<String> options = leaves("", Config.class);

  @Test
  void the_defaults_hold_every_option_and_no_other() {
    assertThat(leaves("", defaults)).containsExactlyElementsOf(options);
  }

  @Test
  void the_schema_holds_every_option_and_no_other() {
    assertThat(schema.options().stream().map(KeyPath::toString)).containsExactlyElementsOf(options);
  }

  @Test
  void the_file_of_defaults_holds_those_of_the_schema() {
    assertThat(defaults).isEqualTo(schema.defaults());
  }

  @Test
  void the_types_of_the_records_fit_those_of_the_schema() {
    assertThatTypesFit(Config.class, KeyPath.ROOT);
  }

  private void assertThatTypesFit(Class<?> record, KeyPath path) {
    for (RecordComponent component : record.getRecordComponents()) {
      assertThatTypeFits(component.getGenericType(), path.child(component.getName()));
    }
  }

  private void assertThatTypeFits(Type type, KeyPath path) {
    JsonObject node = schema.node(path);
    assertThat(node.getString("type")).as("%s", path).isEqualTo(schemaType(type));
    assertThat(node.getBoolean("writeOnly", false) && !path.isInList())
        .as("%s is a secret", path)
        .isEqualTo(type == Secret.class);
    if (type instanceof ParameterizedType list) {
      assertThatTypeFits(list.getActualTypeArguments()[0], path.child("0"));
    } else if (type == RoomRule.class) {
      assertThatTypesFit(RoomOptions.class, path);
    } else if (type instanceof Class<?> plain && plain.isRecord()) {
      assertThat(schema.keysOf(path))
          .containsExactlyElementsOf(
              Stream.of(plain.getRecordComponents()).map(RecordComponent::getName).toList());
      assertThatTypesFit(plain, path);
    }
  }

  private static String schemaType(Type type) {
    if (type == int.class) {
      return "integer";
    }
    if (type == boolean.class) {
      return "boolean";
    }
    if (type instanceof ParameterizedType list && list.getRawType() == List.class) {
      return "array";
    }
    return type instanceof Class<?> plain && plain.isRecord() ? "object" : "string";
  }

  @Test
  void only_a_flag_may_be_left_out_of_an_item_of_a_list_and_is_false_then() {
    KeyPath item = KeyPath.of("identity.apiKeys.0");
    List<String> optional = new ArrayList<>(schema.keysOf(item));
    optional.removeAll(schema.node(item).getJsonArray("required").getList());
    assertThat(optional)
        .allSatisfy(
            name -> {
              JsonObject node = schema.node(item.child(name));
              assertThat(node.getString("type")).isEqualTo("boolean");
              assertThat(node.getBoolean("default")).isFalse();
            });
  }

  @Test
  void the_schema_describes_every_option_and_bounds_every_number() {
    assertThat(options)
        .allSatisfy(
            option -> {
              JsonObject node = schema.node(KeyPath.of(option));
              assertThat(node.getString("description")).isNotBlank();
              if (node.getString("type").equals("integer")) {
                assertThat(node.fieldNames()).contains("minimum", "maximum");
              }
            });
  }

  @Test
  void the_schema_allows_no_unknown_key_in_any_object() {
    List<JsonObject> objects = new ArrayList<>();
    collectObjects(schema.json(), objects);
    assertThat(objects).hasSizeGreaterThan(7);
    assertThat(objects)
        .allSatisfy(object -> assertThat(object.getValue("additionalProperties")).isEqualTo(false));
  }

  @Test
  void a_rule_may_set_every_option_of_a_room_and_its_match() {
    List<String> expected = new ArrayList<>();
    expected.add("match");
    for (RecordComponent component : RoomOptions.class.getRecordComponents()) {
      expected.add(component.getName());
    }
    assertThat(schema.keysOf(KeyPath.of("rooms.0"))).containsExactlyElementsOf(expected);
    assertThat(schema.keysOf(KeyPath.of("rooms.0.history")))
        .containsExactlyElementsOf(schema.keysOf(KeyPath.of("roomDefaults.history")));
  }

  @Test
  void the_schema_lists_every_constant_of_every_enum() {
    Map<String, Class<?>> enums = new LinkedHashMap<>();
    collectEnums("", Config.class, enums);
    assertThat(enums).isNotEmpty();
    enums.forEach(
        (option, type) -> {
          List<String> names = new ArrayList<>();
          if (type == RoomOptions.Durability.class) {
            names.add("auto");
          }
          for (Object constant : type.getEnumConstants()) {
            names.add(constant.toString().toLowerCase(Locale.ROOT));
          }
          assertThat(
                  schema.node(KeyPath.of(option)).getJsonArray("enum").stream()
                      .map(String::valueOf))
              .containsExactlyInAnyOrderElementsOf(names);
        });
  }

  @Test
  void the_configuration_page_has_one_row_for_each_option_as_the_schema_describes_it()
      throws IOException {
    assertThat(rows("docs/CONFIGURATION.md")).extracting(MatchResult::group).isEqualTo(tableRows());
  }

  @ParameterizedTest
  @ValueSource(strings = {"README.md", "README.zh-CN.md"})
  void the_readme_shows_eleven_options_with_their_defaults(String file) throws IOException {
    List<MatchResult> rows = rows(file);
    assertThat(rows).hasSize(11);
    assertThat(rows)
        .allSatisfy(
            row -> {
              KeyPath option = KeyPath.of(row.group(1));
              assertThat(options).contains(option.toString());
              assertThat(Json.decodeValue(row.group(2))).isEqualTo(option.valueIn(defaults));
              assertThat(row.group(3)).isEqualTo(option.environmentName());
            });
  }

  @Test
  void the_example_for_a_cluster_is_valid() {
    LoadedConfig loaded =
        new ConfigLoader(Path.of(""), Map.of()).load(List.of("conf/cluster.json"), List.of());
    assertThat(loaded.config().cluster().enabled()).isTrue();
    assertThat(loaded.config().cluster().members()).hasSizeGreaterThan(1);
  }

  private static List<MatchResult> rows(String file) throws IOException {
    return ROW.matcher(Files.readString(Path.of(file))).results().toList();
  }

  /** The table's rows, to be copied from the failure when an option changes. */
  private List<String> tableRows() {
    return options.stream().map(name -> tableRow(KeyPath.of(name))).toList();
  }

  private String tableRow(KeyPath option) {
    JsonObject node = schema.node(option);
    StringBuilder meaning = new StringBuilder(node.getString("description"));
    if (node.containsKey("enum")) {
      meaning.append(
          node.getJsonArray("enum").stream()
              .map(value -> "`" + value + "`")
              .collect(Collectors.joining(", ", " One of ", ".")));
    }
    if (node.containsKey("minimum")) {
      meaning.append(
          " From %s to %s.".formatted(node.getValue("minimum"), node.getValue("maximum")));
    }
    String value =
        Json.encode(option.valueIn(defaults)).replace("\",\"", "\", \"").replace("\":\"", "\": \"");
    return "| `%s` | `%s` | `%s` | %s |"
        .formatted(option, value, option.environmentName(), meaning);
  }

  private static List<String> leaves(String prefix, Class<?> record) {
    List<String> leaves = new ArrayList<>();
    for (RecordComponent component : record.getRecordComponents()) {
      String name = prefix + component.getName();
      if (component.getType().isRecord()) {
        leaves.addAll(leaves(name + ".", component.getType()));
      } else {
        leaves.add(name);
      }
    }
    return leaves;
  }

  private static List<String> leaves(String prefix, JsonObject json) {
    List<String> leaves = new ArrayList<>();
    for (String name : json.fieldNames()) {
      if (json.getValue(name) instanceof JsonObject inner) {
        leaves.addAll(leaves(prefix + name + ".", inner));
      } else if (!name.equals("$schema")) {
        leaves.add(prefix + name);
      }
    }
    return leaves;
  }

  private static void collectEnums(String prefix, Class<?> record, Map<String, Class<?>> enums) {
    for (RecordComponent component : record.getRecordComponents()) {
      String name = prefix + component.getName();
      if (component.getType().isRecord()) {
        collectEnums(name + ".", component.getType(), enums);
      } else if (component.getType().isEnum()) {
        enums.put(name, component.getType());
      }
    }
  }

  private static void collectObjects(Object node, List<JsonObject> objects) {
    if (node instanceof JsonObject object) {
      if ("object".equals(object.getValue("type"))) {
        objects.add(object);
      }
      object.forEach(entry -> collectObjects(entry.getValue(), objects));
    } else if (node instanceof JsonArray list) {
      list.forEach(item -> collectObjects(item, objects));
    }
  }

  private static JsonObject json(String file) {
    return JsonFile.read(file, Path.of(file));
  }
}
