package io.stentor.config;

import io.vertx.config.ConfigStoreOptions;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One source of options; a later layer lies over the earlier ones.
 *
 * @param name what a person calls it
 * @param file where it is read from; null where {@code values} holds it
 * @param values empty for a file
 * @param sourceOf names what in this layer set a key
 */
record Layer(
    String name, @Nullable Path file, JsonObject values, Function<KeyPath, String> sourceOf) {

  static Layer defaults(JsonObject values) {
    return new Layer("the defaults", null, values, key -> "the defaults");
  }

  /**
   * @param name as the user wrote it
   * @param file absolute
   */
  static Layer file(String name, Path file) {
    return new Layer(name, file, new JsonObject(), key -> name);
  }

  static Layer environment(Environment environment) {
    String name = "environment (" + String.join(", ", environment.names()) + ")";
    return new Layer(
        name, null, environment.values(), key -> option(key, environment).environmentName());
  }

  /** The option that a key belongs to: a place in a list has no variable of its own. */
  private static KeyPath option(KeyPath key, Environment environment) {
    KeyPath path = key;
    while (!environment.names().contains(path.environmentName()) && !path.parent().isRoot()) {
      path = path.parent();
    }
    return path;
  }

  static Layer flags(List<Flag> flags, ConfigSchema schema) {
    JsonObject values = new JsonObject();
    for (Flag flag : flags) {
      KeyPath key = KeyPath.of(flag.key());
      key.put(values, schema.parse(key, flag.value()));
    }
    Map<String, String> names =
        flags.stream().collect(Collectors.toMap(Flag::key, Flag::name, (first, later) -> later));
    String name = flags.stream().map(Flag::name).collect(Collectors.joining(", "));
    return new Layer(name, null, values, key -> names.getOrDefault(key.toString(), name));
  }

  /** How vertx-config is to read this layer. */
  ConfigStoreOptions store() {
    if (file != null) {
      return new ConfigStoreOptions()
          .setType("file")
          .setFormat("json")
          .setConfig(new JsonObject().put("path", file.toString()));
    }
    return new ConfigStoreOptions().setType("json").setConfig(values);
  }

  /** What the layer says; reads a file anew, so only where something is to be explained. */
  JsonObject content() {
    return file == null ? values : JsonFile.read(name, file);
  }
}
