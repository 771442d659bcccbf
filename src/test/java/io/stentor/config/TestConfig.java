package io.stentor.config;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;

/**
 * Configurations in which some options are named and all others have their defaults, so that a new
 * option concerns no test that does not name it. Bounds are not checked.
 */
public final class TestConfig {
  private static final JsonObject DEFAULTS = defaults();

  private TestConfig() {}

  private static JsonObject defaults() {
    try {
      return new JsonObject(Files.readString(Path.of("conf/stentor.json")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A configuration in which these options are changed, and no room has a rule. */
  public static Config of(JsonObject changed) {
    JsonObject all = DEFAULTS.copy().put("rooms", new JsonArray()).mergeIn(changed, true);
    ConfigLoader.chooseDurability(all);
    return new ConfigReader(all, key -> "test").read();
  }

  /** Limits in which these options are changed. */
  public static LimitOptions limits(JsonObject changed) {
    return of(new JsonObject().put("limits", changed)).limits();
  }

  /** Options of a room of which these are changed, such as {@code "tailBytes", 1000}. */
  public static RoomOptions room(Object... namesAndValues) {
    return of(new JsonObject().put("roomDefaults", changed(namesAndValues))).roomDefaults();
  }

  /** Options of a node that joins a cluster, of which these are changed. */
  public static ClusterOptions cluster(Object... namesAndValues) {
    JsonObject changed = changed(namesAndValues).put("enabled", true);
    return of(new JsonObject().put("cluster", changed)).cluster();
  }

  /** Options of a cluster on this machine, whose members use this port and those after it. */
  public static ClusterOptions cluster(String name, int port, int members) {
    List<String> all =
        IntStream.range(port, port + members).mapToObj(one -> "127.0.0.1:" + one).toList();
    return cluster("name", name, "host", "127.0.0.1", "port", port, "members", all);
  }

  private static JsonObject changed(Object... namesAndValues) {
    JsonObject changed = new JsonObject();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      KeyPath.of((String) namesAndValues[i]).put(changed, json(namesAndValues[i + 1]));
    }
    return changed;
  }

  private static Object json(Object value) {
    if (value instanceof RoomOptions.History history) {
      return new JsonObject()
          .put("messages", history.messages())
          .put("bytes", history.bytes())
          .put("ageSeconds", history.ageSeconds())
          .put("durability", history.durability().name())
          .put("onJoin", history.onJoin().name());
    }
    if (value instanceof List<?> list) {
      return new JsonArray(list);
    }
    return value instanceof Enum<?> constant ? constant.name() : Objects.requireNonNull(value);
  }
}
