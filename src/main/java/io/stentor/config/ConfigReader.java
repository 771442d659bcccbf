package io.stentor.config;

import io.stentor.config.Config.RoomRule;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Binds JSON to the configuration's records: each component takes the value of its name. */
final class ConfigReader {

  /*
   * The schema has already checked names, types and bounds, and a test proves that the schema and the
   * records have the same options with matching types. So only the records' own checks can fail,
   * which compare options with each other.
   */

  private final JsonObject json;
  private final Function<KeyPath, String> sourceOf;

  /**
   * Creates a reader of one configuration.
   *
   * @param json complete, and valid according to the schema
   * @param sourceOf returns the file, variable or flag that a key's value came from
   */
  ConfigReader(JsonObject json, Function<KeyPath, String> sourceOf) {
    this.json = json;
    this.sourceOf = sourceOf;
  }

  /**
   * Creates the records.
   *
   * @throws ConfigException if options contradict each other
   */
  Config read() {
    return bind(Config.class, json, KeyPath.ROOT);
  }

  private <R extends Record> R bind(Class<R> type, JsonObject object, KeyPath path) {
    RecordComponent[] components = type.getRecordComponents();
    Class<?>[] types = new Class<?>[components.length];
    @Nullable Object[] values = new Object[components.length];
    for (int i = 0; i < components.length; i++) {
      String name = components[i].getName();
      types[i] = components[i].getType();
      values[i] = value(components[i].getGenericType(), object.getValue(name), path.child(name));
    }
    try {
      return type.getDeclaredConstructor(types).newInstance(values);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof ConfigException refusal) {
        throw refusal.within(path, sourceOf);
      }
      throw new IllegalStateException("the constructor of " + type + " failed", e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("cannot create " + type, e);
    }
  }

  private Object value(Type type, @Nullable Object value, KeyPath path) {
    if (type == boolean.class) {
      // Only a flag of a list item may be omitted; it is false then.
      return Boolean.TRUE.equals(value);
    }
    Objects.requireNonNull(value, path::toString);
    if (type == int.class) {
      return ((Number) value).intValue();
    }
    if (type instanceof ParameterizedType list) {
      return list(list.getActualTypeArguments()[0], (JsonArray) value, path);
    }
    if (type == Secret.class) {
      return new Secret((String) value);
    }
    if (type == RoomRule.class) {
      return rule((JsonObject) value, path);
    }
    Class<?> plain = (Class<?>) type;
    if (plain.isEnum()) {
      return constant(plain, (String) value);
    }
    return plain.isRecord()
        ? bind(plain.asSubclass(Record.class), (JsonObject) value, path)
        : plain.cast(value);
  }

  private List<Object> list(Type itemType, JsonArray items, KeyPath path) {
    List<Object> list = new ArrayList<>();
    for (int i = 0; i < items.size(); i++) {
      list.add(value(itemType, items.getValue(i), path.child(String.valueOf(i))));
    }
    return list;
  }

  /**
   * Reads a rule. Its options are next to its pattern and override those of {@code roomDefaults}.
   */
  private RoomRule rule(JsonObject rule, KeyPath path) {
    JsonObject complete = json.getJsonObject("roomDefaults").copy().mergeIn(rule, true);
    return new RoomRule(rule.getString("match"), bind(RoomOptions.class, complete, path));
  }

  private static Object constant(Class<?> type, String name) {
    for (Object constant : Objects.requireNonNull(type.getEnumConstants())) {
      if (((Enum<?>) constant).name().equals(name.toUpperCase(Locale.ROOT))) {
        return constant;
      }
    }
    throw new IllegalStateException(name + " is no constant of " + type);
  }
}
