package io.stentor.config;

import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;

/**
 * A configuration and how it came to be.
 *
 * @param config checked
 * @param effective the JSON that it was made of, the defaults with everything laid over them, to be
 *     shown: secrets are masked in it
 * @param sources what was read, in order: files, variables, flags
 * @param warnings one line each about what was ignored
 * @param files that were read, or would be if they were there
 * @param again does the same anew; blocks, and throws {@link ConfigException} as it did
 */
public record LoadedConfig(
    Config config,
    JsonObject effective,
    List<String> sources,
    List<String> warnings,
    List<Path> files,
    Supplier<LoadedConfig> again) {
  public LoadedConfig {
    files = List.copyOf(files);
    sources = List.copyOf(sources);
    warnings = List.copyOf(warnings);
  }
}
