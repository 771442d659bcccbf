package io.stentor.config;

import io.vertx.core.json.JsonObject;
import java.util.List;

/**
 * A configuration and how it came to be.
 *
 * @param config checked
 * @param effective the JSON that it was made of, the defaults with everything laid over them, to be
 *     shown: secrets are masked in it
 * @param sources what was read, in order: files, variables, flags
 * @param warnings one line each about what was ignored
 */
public record LoadedConfig(
    Config config, JsonObject effective, List<String> sources, List<String> warnings) {
  public LoadedConfig {
    sources = List.copyOf(sources);
    warnings = List.copyOf(warnings);
  }
}
