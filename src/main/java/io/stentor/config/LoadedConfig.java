package io.stentor.config;

import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;

/**
 * A configuration and its sources.
 *
 * @param config validated
 * @param effective the merged JSON of all layers, with secrets masked
 * @param sources what was read, in order: files, variables, flags
 * @param warnings one line for each thing that was ignored
 * @param files that were read, or would be if they existed
 * @param again loads the same sources again; blocks, and throws {@link ConfigException} like the
 *     first time
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
