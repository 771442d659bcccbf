package io.stentor.config;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * {@code conf/stentor.schema.json} as a tree to ask: which options there are, what each may be, and
 * how a text from the environment or the command line becomes a value.
 */
final class ConfigSchema {
  /** What is shown in place of a secret. */
  static final String MASK = "***";

  /** The beginning of a list like {@code [::1]:5701,[::1]:5702}, which is no JSON. */
  private static final Pattern IPV6 = Pattern.compile("\\[[0-9A-Fa-f]*:[0-9A-Fa-f:.]*\\]");

  private final JsonObject root;

  ConfigSchema(JsonObject root) {
    this.root = root;
  }

  JsonObject json() {
    return root;
  }

  /** Every option that holds a value and no further options, by the name of its variable. */
  Map<String, KeyPath> byEnvironmentName() {
    Map<String, KeyPath> options = new TreeMap<>();
    for (KeyPath option : options()) {
      options.put(option.environmentName(), option);
    }
    return options;
  }

  /** Every option that holds a value and no further options, in the order of the schema. */
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

  /** The keys that the object at this path may have; none where no object belongs. */
  Set<String> keysOf(KeyPath path) {
    JsonObject node = node(path);
    if (node == null || !node.containsKey("properties")) {
      return Set.of();
    }
    JsonObject properties = node.getJsonObject("properties").copy();
    properties.remove("$schema");
    return properties.fieldNames();
  }

  /** What the schema says of the value at this path; null where nothing may stand. */
  @Nullable JsonObject node(KeyPath path) {
    if (path.isRoot()) {
      return root;
    }
    JsonObject holder = node(path.parent());
    if (holder == null) {
      return null;
    }
    if (holder.containsKey("items")) {
      return resolved(holder.getJsonObject("items"));
    }
    return resolved(
        holder.getJsonObject("properties", new JsonObject()).getJsonObject(path.last()));
  }

  private @Nullable JsonObject resolved(@Nullable JsonObject node) {
    if (node == null || !node.containsKey("$ref")) {
      return node;
    }
    Object target = KeyPath.ofPointer(node.getString("$ref")).valueIn(root);
    return target instanceof JsonObject object ? object : null;
  }

  /** Whether nobody is to see the value at this path: {@code writeOnly} of JSON Schema. */
  boolean isSecret(KeyPath path) {
    JsonObject node = node(path);
    return node != null && node.getBoolean("writeOnly", false);
  }

  /** A copy in which every secret is a few stars, also those in URLs. */
  JsonObject masked(JsonObject config) {
    return (JsonObject) Objects.requireNonNull(masked(KeyPath.ROOT, config));
  }

  private @Nullable Object masked(KeyPath path, @Nullable Object value) {
    if (value instanceof JsonObject object) {
      JsonObject copy = new JsonObject();
      object.forEach(entry -> copy.put(entry.getKey(), masked(path, entry)));
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

  /** What people may see of the value at this path. */
  Object shown(KeyPath path, Object value) {
    if (isSecret(path)) {
      return MASK;
    }
    return value instanceof String text ? MaskedUrl.of(text) : value;
  }

  private @Nullable Object masked(KeyPath path, Map.Entry<String, Object> entry) {
    return masked(path.child(entry.getKey()), entry.getValue());
  }

  /** What the value at this path must be, as the end of a sentence. */
  String allowed(KeyPath path) {
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
   * The value that a text stands for at an option. A text that does not fit stays a text, so that
   * the check refuses it with the same sentence as anywhere else.
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
}
