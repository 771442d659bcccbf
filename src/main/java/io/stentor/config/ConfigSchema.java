package io.stentor.config;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.json.schema.Draft;
import io.vertx.json.schema.JsonSchema;
import io.vertx.json.schema.JsonSchemaOptions;
import io.vertx.json.schema.OutputFormat;
import io.vertx.json.schema.OutputUnit;
import io.vertx.json.schema.Validator;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The schema of all options, {@code conf/stentor.schema.json}: their names, defaults, bounds and
 * meaning. Converts texts to values, validates a configuration, and reports the first fault in one
 * sentence.
 */
final class ConfigSchema {

  /** The beginning of a list like {@code [::1]:5701,[::1]:5702}, which is not JSON. */
  private static final Pattern IPV6 = Pattern.compile("\\[[0-9A-Fa-f]*:[0-9A-Fa-f:.]*\\]");

  /** Keywords that only report that a nested value is invalid; the fault itself follows. */
  private static final Set<String> WRAPPERS = Set.of("properties", "items", "$ref");

  private static final Pattern FORBIDDEN_CHARACTERS = Pattern.compile("[\\x00\\p{Cs}]");

  private final JsonObject root;

  ConfigSchema(JsonObject root) {
    this.root = root;
  }

  JsonObject json() {
    return root;
  }

  /** Returns a configuration in which every option has its default. */
  JsonObject defaults() {
    JsonObject defaults = new JsonObject().put("$schema", "./stentor.schema.json");
    for (KeyPath option : options()) {
      // Next to a $ref, because the option of a rule has the default of roomDefaults.
      JsonObject node = Objects.requireNonNull(property(option));
      option.put(defaults, node.getValue("default"));
    }
    return defaults;
  }

  /** Returns all leaf options by the names of their environment variables. */
  Map<String, KeyPath> byEnvironmentName() {
    Map<String, KeyPath> options = new TreeMap<>();
    for (KeyPath option : options()) {
      options.put(option.environmentName(), option);
    }
    return options;
  }

  /** Returns all leaf options in the order of the schema. */
  List<KeyPath> options() {
    List<KeyPath> options = new ArrayList<>();
    collect(KeyPath.ROOT, options);
    return options;
  }

  private void collect(KeyPath path, List<KeyPath> options) {
    for (String name : keysOf(path)) {
      KeyPath inner = path.child(name);
      if (keysOf(inner).isEmpty()) {
        options.add(inner);
      } else {
        collect(inner, options);
      }
    }
  }

  /**
   * Returns the keys that the object at this path may have; empty if no object is allowed there.
   */
  Set<String> keysOf(KeyPath path) {
    JsonObject node = node(path);
    if (node == null || !node.containsKey("properties")) {
      return Set.of();
    }
    JsonObject properties = node.getJsonObject("properties").copy();
    properties.remove("$schema");
    return properties.fieldNames();
  }

  /** Returns the schema of the value at this path; null if none is allowed there. */
  @Nullable JsonObject node(KeyPath path) {
    return path.isRoot() ? root : resolved(property(path));
  }

  private @Nullable JsonObject property(KeyPath path) {
    JsonObject holder = node(path.parent());
    if (holder == null) {
      return null;
    }
    return holder.containsKey("items")
        ? holder.getJsonObject("items")
        : holder.getJsonObject("properties", new JsonObject()).getJsonObject(path.last());
  }

  private @Nullable JsonObject resolved(@Nullable JsonObject node) {
    if (node == null || !node.containsKey("$ref")) {
      return node;
    }
    Object target = KeyPath.ofPointer(node.getString("$ref")).valueIn(root);
    return target instanceof JsonObject object ? object : null;
  }

  /** Returns a copy in which all secrets are masked, including those in URLs. */
  JsonObject masked(JsonObject config) {
    return (JsonObject) Objects.requireNonNull(masked(KeyPath.ROOT, config));
  }

  private @Nullable Object masked(KeyPath path, @Nullable Object value) {
    if (value instanceof JsonObject object) {
      JsonObject copy = new JsonObject();
      object.forEach(
          entry -> copy.put(entry.getKey(), masked(path.child(entry.getKey()), entry.getValue())));
      return copy;
    }
    if (value instanceof JsonArray list) {
      JsonArray copy = new JsonArray();
      for (int i = 0; i < list.size(); i++) {
        copy.add(masked(path.child(String.valueOf(i)), list.getValue(i)));
      }
      return copy;
    }
    return value == null || "".equals(value) ? value : shown(path, value);
  }

  /** Returns the value at this path with secrets masked; secrets are marked {@code writeOnly}. */
  private Object shown(KeyPath path, Object value) {
    JsonObject node = node(path);
    if (node != null && node.getBoolean("writeOnly", false)) {
      return Secret.MASK;
    }
    return value instanceof String text ? Secret.maskUrl(text) : value;
  }

  /** Returns what the value at this path must be, as the end of a sentence. */
  private String allowed(KeyPath path) {
    JsonObject node = node(path);
    if (node == null) {
      return "left out";
    }
    if (node.containsKey("enum")) {
      return oneOf(node.getJsonArray("enum").stream().map(String::valueOf));
    }
    return switch (node.getString("type")) {
      case "integer" ->
          "an integer from " + node.getValue("minimum") + " to " + node.getValue("maximum");
      case "boolean" -> "true or false";
      case "array" -> "a list" + (node.getBoolean("uniqueItems", false) ? " without repeats" : "");
      case "object" -> "an object";
      default ->
          node.getString(
              "patternErrorMessage",
              node.containsKey("minLength") ? "a text that is not empty" : "a text");
    };
  }

  private static String oneOf(Stream<String> values) {
    List<String> list = values.toList();
    int last = list.size() - 1;
    return String.join(", ", list.subList(0, last)) + " or " + list.get(last);
  }

  /**
   * Converts a text from the environment or the command line to the type of an option. A text that
   * does not fit stays a text, so that validation reports it with the same sentence as in a file.
   */
  Object parse(KeyPath option, String text) {
    JsonObject node = node(option);
    String type = node == null ? "string" : node.getString("type");
    return switch (type) {
      case "integer" -> integer(text);
      case "boolean" ->
          switch (text.toLowerCase(Locale.ROOT)) {
            case "true" -> true;
            case "false" -> false;
            default -> text;
          };
      case "array" -> list(option, text);
      default -> text;
    };
  }

  private static Object integer(String text) {
    try {
      return Long.parseLong(text.strip());
    } catch (NumberFormatException e) {
      return text;
    }
  }

  private Object list(KeyPath option, String text) {
    if (text.strip().startsWith("[") && !IPV6.matcher(text.strip()).lookingAt()) {
      try {
        return new JsonArray(text);
      } catch (DecodeException e) {
        return text;
      }
    }
    if (!keysOf(option.child("0")).isEmpty()) {
      return text;
    }
    JsonArray list = new JsonArray();
    Stream.of(text.split(",", -1)).map(String::strip).filter(s -> !s.isEmpty()).forEach(list::add);
    return list;
  }

  /**
   * Validates a configuration.
   *
   * @param sourceOf returns the file, variable or flag that a key's value came from
   * @throws ConfigException if the schema does not allow it
   */
  void check(JsonObject config, Function<KeyPath, String> sourceOf) {
    requireCharacters(KeyPath.ROOT, config, sourceOf);
    JsonSchemaOptions options =
        new JsonSchemaOptions()
            .setBaseUri("stentor:/")
            .setDraft(Draft.DRAFT202012)
            .setOutputFormat(OutputFormat.Basic);
    // The validator modifies the schema.
    OutputUnit result = Validator.create(JsonSchema.of(root.copy()), options).validate(config);
    if (result.getValid()) {
      return;
    }
    for (OutputUnit unit : result.getErrors()) {
      ConfigException refusal = refusal(unit, config, sourceOf);
      if (refusal != null) {
        throw refusal;
      }
    }
    throw new ConfigException("the configuration does not fit its schema: " + result.getErrors());
  }

  /** Rejects characters that no file name, host, room name or secret can contain. */
  private void requireCharacters(
      KeyPath path, @Nullable Object value, Function<KeyPath, String> sourceOf) {
    if (value instanceof JsonObject object) {
      object.forEach(
          entry -> requireCharacters(path.child(entry.getKey()), entry.getValue(), sourceOf));
    } else if (value instanceof JsonArray list) {
      for (int i = 0; i < list.size(); i++) {
        requireCharacters(path.child(String.valueOf(i)), list.getValue(i), sourceOf);
      }
    } else if (value instanceof String text && FORBIDDEN_CHARACTERS.matcher(text).find()) {
      throw ConfigException.badValue(
              path.last(),
              shown(path, text),
              "a text without the character U+0000 and without unpaired surrogates")
          .within(path.parent(), sourceOf);
    }
  }

  private @Nullable ConfigException refusal(
      OutputUnit unit, JsonObject config, Function<KeyPath, String> sourceOf) {
    KeyPath path = KeyPath.ofPointer(unit.getInstanceLocation());
    String location = unit.getKeywordLocation();
    String keyword = location.substring(location.lastIndexOf('/') + 1);
    if (WRAPPERS.contains(keyword)) {
      return null;
    }
    if (keyword.equals("additionalProperties")) {
      // The validator also reports a known key with a bad value this way.
      return node(path) == null ? unknown(path, sourceOf.apply(path)) : null;
    }
    if (keyword.equals("required")) {
      return keysOf(path).stream()
          .map(path::child)
          .filter(key -> isRequired(key) && !key.isIn(config))
          .findFirst()
          .map(key -> ConfigException.missing(key.last(), allowed(key)).within(path, sourceOf))
          .orElse(null);
    }
    Object value = path.valueIn(config);
    Object shown = value == null ? null : shown(path, value);
    return ConfigException.badValue(path.last(), shown, allowed(path))
        .within(path.parent(), sourceOf);
  }

  private boolean isRequired(KeyPath key) {
    JsonObject holder = node(key.parent());
    return holder != null && holder.getJsonArray("required").contains(key.last());
  }

  private ConfigException unknown(KeyPath key, String source) {
    return new ConfigException(
        key + " (from " + source + ") is not an option; did you mean " + nearest(key) + "?");
  }

  /**
   * Returns the known key most similar to an unknown one: in the same object, otherwise one with
   * the same name elsewhere, otherwise the most similar of all.
   */
  private String nearest(KeyPath unknown) {
    KeyPath parent = unknown.parent();
    Set<String> siblings = keysOf(parent);
    if (!siblings.isEmpty()) {
      String sibling = nearest(unknown.last(), siblings);
      if (distance(unknown.last(), sibling) <= Math.max(1, sibling.length() / 3)) {
        return parent.child(sibling).toString();
      }
    }
    List<String> everywhere = new ArrayList<>();
    for (KeyPath option : options()) {
      if (option.last().equalsIgnoreCase(unknown.last())) {
        return option.toString();
      }
      everywhere.add(option.toString());
    }
    return nearest(unknown.toString(), everywhere);
  }

  /**
   * Returns the candidate with the smallest edit distance from a name; the first if there are
   * several.
   */
  static String nearest(String name, Collection<String> candidates) {
    return candidates.stream()
        .min(Comparator.comparingInt(candidate -> distance(name, candidate)))
        .orElseThrow();
  }

  /** Returns the edit distance (Levenshtein), ignoring case. */
  private static int distance(String from, String to) {
    String a = from.toLowerCase(Locale.ROOT);
    String b = to.toLowerCase(Locale.ROOT);
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
