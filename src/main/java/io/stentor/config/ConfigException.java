package io.stentor.config;

import io.vertx.core.json.Json;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * An invalid configuration. The message is one sentence for the person who wrote it: it names the
 * key, the value, what is allowed and, if known, the file, variable or flag that the value came
 * from.
 */
public final class ConfigException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;
  private static final int SHOWN_CHARS = 80;

  private final String key;
  private final String found;
  private final String allowed;

  /** Creates an exception that concerns no single key. */
  public ConfigException(String sentence) {
    super(sentence);
    this.key = "";
    this.found = "";
    this.allowed = "";
  }

  private ConfigException(String key, String found, String source, String allowed) {
    super(KeyPath.of(key) + " is " + found + source + ", but must be " + allowed);
    this.key = key;
    this.found = found;
    this.allowed = allowed;
  }

  /**
   * Creates an exception for a key whose value is not allowed.
   *
   * @param key relative to the checked record, with an index in a list as a name: {@code members.0}
   * @param allowed what follows "must be"
   */
  public static ConfigException badValue(String key, @Nullable Object value, String allowed) {
    return new ConfigException(key, shown(value), "", allowed);
  }

  /** Creates an exception for a required key that is missing. */
  static ConfigException missing(String key, String allowed) {
    return new ConfigException(key, "missing", "", allowed);
  }

  /** Throws {@link #badValue} unless {@code holds}. */
  static void require(boolean holds, String key, Object value, String allowed) {
    if (!holds) {
      throw badValue(key, value, allowed);
    }
  }

  /**
   * Returns the same exception for a key inside {@code parent}.
   *
   * @param sourceOf returns the file, variable or flag that a key's value came from
   */
  ConfigException within(KeyPath parent, Function<KeyPath, String> sourceOf) {
    if (key.isEmpty()) {
      return this;
    }
    KeyPath path = parent.then(key);
    return new ConfigException(
        path.toString(), found, " (from " + sourceOf.apply(path) + ")", allowed);
  }

  private static String shown(@Nullable Object value) {
    String text = Json.encode(value);
    if (text.codePointCount(0, text.length()) <= SHOWN_CHARS) {
      return text;
    }
    return text.substring(0, text.offsetByCodePoints(0, SHOWN_CHARS)) + "…";
  }
}
