package io.stentor.config;

import io.vertx.config.ConfigRetriever;
import io.vertx.config.ConfigRetrieverOptions;
import io.vertx.config.ConfigStoreOptions;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Loads the configuration with vertx-config from its layers: the defaults, {@code
 * conf/stentor.json} in the working directory if it exists, the named files, the environment, and
 * the flags. A later layer overrides the earlier ones: objects are merged, lists replaced. Blocks.
 */
public final class ConfigLoader {
  private static final String DEFAULT_FILE = "conf/stentor.json";
  private static final String SCHEMA = "/conf/stentor.schema.json";
  private static final int TIMEOUT_SECONDS = 30;

  /**
   * A command line flag that sets an option.
   *
   * @param name as written, {@code --port}
   * @param key the option, {@code http.port}
   * @param value as written
   */
  public record Flag(String name, String key, String value) {}

  /**
   * One source of options.
   *
   * @param name for messages
   * @param values the options that it sets
   * @param sourceOf names the part of this layer that set a key
   */
  private record Layer(String name, JsonObject values, Function<KeyPath, String> sourceOf) {
    Layer(String name, JsonObject values) {
      this(name, values, key -> name);
    }

    static Layer of(Environment environment) {
      String name = "environment (" + String.join(", ", environment.names()) + ")";
      return new Layer(name, environment.values(), environment::variableOf);
    }

    static Layer of(List<Flag> flags, ConfigSchema schema) {
      JsonObject values = new JsonObject();
      for (Flag flag : flags) {
        KeyPath key = KeyPath.of(flag.key());
        key.put(values, schema.parse(key, flag.value()));
      }
      Map<String, String> names =
          flags.stream().collect(Collectors.toMap(Flag::key, Flag::name, (first, later) -> later));
      String name = flags.stream().map(Flag::name).collect(Collectors.joining(", "));
      return new Layer(name, values, key -> names.getOrDefault(key.toString(), name));
    }
  }

  private final Path directory;
  private final Map<String, String> variables;

  /**
   * Creates a loader.
   *
   * @param directory the working directory, to which file names are relative
   * @param variables the environment
   */
  public ConfigLoader(Path directory, Map<String, String> variables) {
    this.directory = directory;
    this.variables = Map.copyOf(variables);
  }

  /**
   * Loads and validates the configuration.
   *
   * @param files in the order in which they override each other
   * @param flags override everything else
   * @throws ConfigException with one sentence that describes the fault
   */
  public LoadedConfig load(List<String> files, List<Flag> flags) {
    ConfigSchema schema = schema();
    JsonObject defaults = schema.defaults();
    Environment environment = Environment.read(variables, schema);
    List<Layer> layers = new ArrayList<>();
    layers.add(new Layer("the defaults", defaults));
    if (Files.exists(directory.resolve(DEFAULT_FILE))) {
      layers.add(file(DEFAULT_FILE));
    }
    files.forEach(name -> layers.add(file(name)));
    if (!environment.names().isEmpty()) {
      layers.add(Layer.of(environment));
    }
    if (!flags.isEmpty()) {
      layers.add(Layer.of(flags, schema));
    }

    Function<KeyPath, String> sourceOf = key -> source(key, layers);
    JsonObject effective = retrieve(layers);
    schema.check(effective, sourceOf);
    BuiltInRooms.addDemoRule(effective);
    chooseDurability(effective);
    Config config = new ConfigReader(effective, sourceOf).read();
    requireWebroot(config.http().webroot(), defaults, sourceOf);
    return new LoadedConfig(
        config,
        schema.masked(effective),
        layers.stream().map(Layer::name).toList(),
        environment.warnings(),
        paths(files),
        () -> load(files, flags));
  }

  /**
   * Replaces the durability {@code auto} in the room defaults and in every rule by the one that
   * fits: {@code buffered} with a data directory, otherwise {@code memory}.
   */
  static void chooseDurability(JsonObject effective) {
    String fitting = effective.getString("dataDir").isEmpty() ? "memory" : "buffered";
    JsonArray rules = effective.getJsonArray("rooms").copy();
    effective.put("rooms", rules);
    choose(effective.getJsonObject("roomDefaults"), fitting);
    for (int i = 0; i < rules.size(); i++) {
      choose(rules.getJsonObject(i), fitting);
    }
  }

  private static void choose(JsonObject room, String fitting) {
    JsonObject history = room.getJsonObject("history", new JsonObject());
    if ("auto".equals(history.getString("durability"))) {
      room.put("history", history.copy().put("durability", fitting));
    }
  }

  private Layer file(String name) {
    return new Layer(name, JsonFile.read(name, directory.resolve(name).toAbsolutePath()));
  }

  private List<Path> paths(List<String> files) {
    List<Path> paths = new ArrayList<>();
    paths.add(directory.resolve(DEFAULT_FILE).toAbsolutePath());
    files.forEach(name -> paths.add(directory.resolve(name).toAbsolutePath()));
    return paths;
  }

  private static JsonObject retrieve(List<Layer> layers) {
    ConfigRetrieverOptions options =
        new ConfigRetrieverOptions()
            .setIncludeDefaultStores(false)
            .setScanPeriod(-1)
            .setStores(
                layers.stream()
                    .map(
                        layer -> new ConfigStoreOptions().setType("json").setConfig(layer.values()))
                    .toList());
    Vertx vertx = Vertx.vertx(small());
    try {
      ConfigRetriever retriever = ConfigRetriever.create(vertx, options);
      return retriever.getConfig().await(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new ConfigException("reading the configuration took over " + TIMEOUT_SECONDS + " s");
    } catch (Exception e) { // await() throws the failure of the future, checked or not.
      throw new ConfigException("cannot read the configuration: " + e.getMessage());
    } finally {
      // Nothing waits for its threads to end, because they are daemons.
      vertx.close();
    }
  }

  private static VertxOptions small() {
    return new VertxOptions()
        .setEventLoopPoolSize(1)
        .setWorkerPoolSize(1)
        .setInternalBlockingPoolSize(1)
        .setUseDaemonThread(true)
        .setFileSystemOptions(
            new FileSystemOptions()
                .setClassPathResolvingEnabled(false)
                .setFileCachingEnabled(false));
  }

  /**
   * Returns the source of the last layer that sets a key, or the list that contains it; otherwise
   * that of the parent key.
   */
  private static String source(KeyPath key, List<Layer> layers) {
    for (int i = layers.size() - 1; i >= 0; i--) {
      Layer layer = layers.get(i);
      JsonObject content = layer.values();
      if (key.isIn(content) || (key.isInList() && key.list().isIn(content))) {
        return layer.sourceOf().apply(key);
      }
    }
    return source(key.parent(), layers);
  }

  /**
   * Uses the files in the jar if the default directory is missing. Any other missing directory is
   * an error.
   */
  private void requireWebroot(
      String webroot, JsonObject defaults, Function<KeyPath, String> sourceOf) {
    KeyPath key = KeyPath.of("http.webroot");
    if (webroot.equals(key.valueIn(defaults)) || Files.isDirectory(directory.resolve(webroot))) {
      return;
    }
    throw ConfigException.badValue(key.last(), webroot, "a directory that exists")
        .within(key.parent(), sourceOf);
  }

  private static ConfigSchema schema() {
    try (InputStream in = ConfigLoader.class.getResourceAsStream(SCHEMA)) {
      byte[] bytes = Objects.requireNonNull(in, SCHEMA).readAllBytes();
      return new ConfigSchema(new JsonObject(new String(bytes, StandardCharsets.UTF_8)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
