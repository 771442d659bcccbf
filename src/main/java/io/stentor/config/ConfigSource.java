package io.stentor.config;

import io.vertx.config.ConfigStoreOptions;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * One source of options; a later layer lies over the earlier ones.
 *
 * @param name what a person calls it
 * @param values the options that it sets
 * @param sourceOf names what in this layer set a key
 */
record ConfigSource(String name, JsonObject values, Function<KeyPath, String> sourceOf) {

  static ConfigSource defaults(JsonObject values) {
    return new ConfigSource("the defaults", values, key -> "the defaults");
  }

  /**
   * Reads a file; blocks.
   *
   * @param name as the user wrote it
   * @param file absolute
   * @throws ConfigException where it cannot be read or is not JSON
   */
  static ConfigSource file(String name, Path file) {
    return new ConfigSource(name, JsonFile.read(name, file), key -> name);
  }

  static ConfigSource environment(Environment environment) {
    String name = "environment (" + String.join(", ", environment.names()) + ")";
    return new ConfigSource(
        name, environment.values(), key -> option(key, environment).environmentName());
  }

  /** The option that a key belongs to: a place in a list has no variable of its own. */
  private static KeyPath option(KeyPath key, Environment environment) {
    KeyPath path = key;
    while (!environment.names().contains(path.environmentName()) && !path.parent().isRoot()) {
      path = path.parent();
    }
    return path;
  }

  static ConfigSource flags(List<Flag> flags, ConfigSchema schema) {
    JsonObject values = new JsonObject();
    for (Flag flag : flags) {
      KeyPath key = KeyPath.of(flag.key());
      key.put(values, schema.parse(key, flag.value()));
    }
    Map<String, String> names =
        flags.stream().collect(Collectors.toMap(Flag::key, Flag::name, (first, later) -> later));
    String name = flags.stream().map(Flag::name).collect(Collectors.joining(", "));
    return new ConfigSource(name, values, key -> names.getOrDefault(key.toString(), name));
  }

  /** How vertx-config is to read this layer. */
  ConfigStoreOptions store() {
    return new ConfigStoreOptions().setType("json").setConfig(values);
  }
}
