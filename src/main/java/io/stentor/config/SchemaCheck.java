package io.stentor.config;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.json.schema.Draft;
import io.vertx.json.schema.JsonSchema;
import io.vertx.json.schema.JsonSchemaOptions;
import io.vertx.json.schema.OutputFormat;
import io.vertx.json.schema.OutputUnit;
import io.vertx.json.schema.Validator;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Checks a configuration against the schema and says the first fault in one sentence. */
final class SchemaCheck {
  /** Keywords that only say that something inside is wrong; what is wrong follows on its own. */
  private static final Set<String> WRAPPERS = Set.of("properties", "items", "$ref");

  private static final Pattern NO_CHARACTERS = Pattern.compile("[\\x00\\p{Cs}]");

  private final ConfigSchema schema;
  private final Function<KeyPath, String> sourceOf;

  /**
   * @param sourceOf names the file, variable or flag that a key's value came from
   */
  SchemaCheck(ConfigSchema schema, Function<KeyPath, String> sourceOf) {
    this.schema = schema;
    this.sourceOf = sourceOf;
  }

  /**
   * @throws ConfigException where the configuration is not what the schema allows
   */
  void check(JsonObject config) {
    requireCharacters(KeyPath.ROOT, config);
    JsonSchemaOptions options =
        new JsonSchemaOptions()
            .setBaseUri("stentor:/")
            .setDraft(Draft.DRAFT202012)
            .setOutputFormat(OutputFormat.Basic);
    // The validator writes into the schema that it is given.
    JsonSchema copy = JsonSchema.of(schema.json().copy());
    OutputUnit result = Validator.create(copy, options).validate(config);
    if (result.getValid()) {
      return;
    }
    for (OutputUnit unit : result.getErrors()) {
      Optional<ConfigException> refusal = refusal(unit, config);
      if (refusal.isPresent()) {
        throw refusal.get();
      }
    }
    throw new ConfigException("the configuration does not fit its schema: " + result.getErrors());
  }

  /** No name of a file, host or room, and no secret, can hold what is refused here. */
  private void requireCharacters(KeyPath path, @Nullable Object value) {
    if (value instanceof JsonObject object) {
      object.forEach(entry -> requireCharacters(path.child(entry.getKey()), entry.getValue()));
    } else if (value instanceof JsonArray list) {
      for (int i = 0; i < list.size(); i++) {
        requireCharacters(path.child(String.valueOf(i)), list.getValue(i));
      }
    } else if (value instanceof String text && NO_CHARACTERS.matcher(text).find()) {
      throw ConfigException.badValue(
              path.last(),
              schema.shown(path, text),
              "a text without the character U+0000 and without unpaired surrogates")
          .within(path.parent(), sourceOf);
    }
  }

  private Optional<ConfigException> refusal(OutputUnit unit, JsonObject config) {
    KeyPath path = KeyPath.ofPointer(unit.getInstanceLocation());
    String location = unit.getKeywordLocation();
    String keyword = location.substring(location.lastIndexOf('/') + 1);
    if (WRAPPERS.contains(keyword)) {
      return Optional.empty();
    }
    if (keyword.equals("additionalProperties")) {
      // The validator says this of a known key with a bad value too.
      return schema.node(path) == null ? Optional.of(unknown(path)) : Optional.empty();
    }
    if (keyword.equals("required")) {
      return schema.keysOf(path).stream()
          .filter(key -> isRequired(path, key) && !path.child(key).isIn(config))
          .findFirst()
          .map(key -> missing(path.child(key)));
    }
    return Optional.of(
        ConfigException.badValue(path.last(), shown(path, config), schema.allowed(path))
            .within(path.parent(), sourceOf));
  }

  private @Nullable Object shown(KeyPath path, JsonObject config) {
    Object value = path.valueIn(config);
    return value == null ? null : schema.shown(path, value);
  }

  private boolean isRequired(KeyPath path, String key) {
    JsonObject node = schema.node(path);
    return node != null && node.getJsonArray("required").contains(key);
  }

  private ConfigException missing(KeyPath path) {
    return ConfigException.missing(path.last(), schema.allowed(path))
        .within(path.parent(), sourceOf);
  }

  private ConfigException unknown(KeyPath path) {
    return new ConfigException(
        path
            + " (from "
            + sourceOf.apply(path)
            + ") is not an option; did you mean "
            + SpellingSuggestion.option(schema, path)
            + "?");
  }
}
