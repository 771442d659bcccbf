package io.stentor.config;

import io.vertx.config.ConfigRetriever;
import io.vertx.config.ConfigRetrieverOptions;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
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

/**
 * Loads the configuration by vertx-config: the defaults in the jar, {@code conf/stentor.json} in
 * the working directory if it is there, the files that were named, the environment, the flags; what
 * comes later wins. Objects are merged, lists are replaced. Blocks: call it before anything runs.
 */
public final class ConfigLoader {
  private static final String DEFAULTS = "conf/stentor.json";
  private static final String SCHEMA = "conf/stentor.schema.json";
  private static final int TIMEOUT_SECONDS = 30;

  private final Path directory;
  private final Map<String, String> variables;

  /**
   * @param directory the working directory, which names of files are relative to
   * @param variables the environment
   */
  public ConfigLoader(Path directory, Map<String, String> variables) {
    this.directory = directory;
    this.variables = Map.copyOf(variables);
  }

  /**
   * Loads and checks.
   *
   * @param files laid over the defaults in this order
   * @param flags laid over everything
   * @throws ConfigException one sentence that says what is wrong
   */
  public LoadedConfig load(List<String> files, List<Flag> flags) {
    JsonObject defaults = inJar(DEFAULTS);
    ConfigSchema schema = new ConfigSchema(inJar(SCHEMA));
    Environment environment = Environment.read(variables, schema);
    List<ConfigSource> layers =
        layers(defaults, files, environment, ConfigSource.flags(flags, schema));

    JsonObject effective = retrieve(layers);
    new SchemaCheck(schema, key -> source(key, layers)).check(effective);
    DemoRooms.addRule(effective);
    Config config = new ConfigReader(key -> source(key, layers)).read(effective);
    requireWebroot(config.http().webroot(), defaults, layers);
    List<String> sources = layers.stream().map(ConfigSource::name).toList();
    return new LoadedConfig(
        config,
        schema.masked(effective),
        sources,
        environment.warnings(),
        paths(files),
        () -> load(files, flags));
  }

  private List<Path> paths(List<String> files) {
    List<Path> paths = new ArrayList<>();
    paths.add(directory.resolve(DEFAULTS).toAbsolutePath());
    files.forEach(name -> paths.add(directory.resolve(name).toAbsolutePath()));
    return paths;
  }

  private List<ConfigSource> layers(
      JsonObject defaults, List<String> files, Environment environment, ConfigSource flags) {
    List<ConfigSource> layers = new ArrayList<>();
    layers.add(ConfigSource.defaults(defaults));
    List<String> names = new ArrayList<>(files);
    if (Files.exists(directory.resolve(DEFAULTS))) {
      names.add(0, DEFAULTS);
    }
    for (String name : names) {
      layers.add(ConfigSource.file(name, directory.resolve(name).toAbsolutePath()));
    }
    if (!environment.names().isEmpty()) {
      layers.add(ConfigSource.environment(environment));
    }
    if (!flags.values().isEmpty()) {
      layers.add(flags);
    }
    return layers;
  }

  private static JsonObject retrieve(List<ConfigSource> layers) {
    ConfigRetrieverOptions options =
        new ConfigRetrieverOptions()
            .setIncludeDefaultStores(false)
            .setScanPeriod(-1)
            .setStores(layers.stream().map(ConfigSource::store).toList());
    Vertx vertx = Vertx.vertx(small());
    try {
      ConfigRetriever retriever = ConfigRetriever.create(vertx, options);
      return retriever.getConfig().await(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new ConfigException("reading the configuration took over " + TIMEOUT_SECONDS + " s");
    } catch (Exception e) { // await throws whatever the future failed with, checked or not
      throw new ConfigException("cannot read the configuration: " + e.getMessage());
    } finally {
      // Its threads are daemons: nobody has to wait until they have ended.
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
   * The last layer that says something of the key, or of a list that it stands in; else of whatever
   * it stands in.
   */
  private static String source(KeyPath key, List<ConfigSource> layers) {
    for (int i = layers.size() - 1; i >= 0; i--) {
      ConfigSource layer = layers.get(i);
      JsonObject content = layer.values();
      if (key.isIn(content) || (key.isInList() && key.list().isIn(content))) {
        return layer.sourceOf().apply(key);
      }
    }
    return source(key.parent(), layers);
  }

  /** The files in the jar serve where the default directory is missing, but not another one. */
  private void requireWebroot(String webroot, JsonObject defaults, List<ConfigSource> layers) {
    KeyPath key = KeyPath.of("http.webroot");
    if (webroot.equals(key.valueIn(defaults)) || Files.isDirectory(directory.resolve(webroot))) {
      return;
    }
    throw ConfigException.badValue(key.last(), webroot, "a directory that exists")
        .within(key.parent(), path -> source(path, layers));
  }

  private static JsonObject inJar(String name) {
    try (InputStream in = ConfigLoader.class.getResourceAsStream("/" + name)) {
      byte[] bytes = Objects.requireNonNull(in, name).readAllBytes();
      return new JsonObject(new String(bytes, StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
