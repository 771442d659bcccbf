package io.stentor.config;

import io.vertx.core.json.Json;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A configuration that is refused. The message is one sentence for the person who wrote it: it
 * names the key, the value and what is allowed, and where it is known, the file, variable or flag
 * that the value came from.
 */
public final class ConfigException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;
  private static final int SHOWN_CHARS = 80;

  private final String key;
  private final String found;
  private final String allowed;

  /** A refusal that is about no single key. */
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
   * A key whose value is not allowed.
   *
   * @param key relative to the checked record, with the place in a list as a name: {@code
   *     members.0}
   * @param allowed what follows "must be"
   */
  public static ConfigException badValue(String key, @Nullable Object value, String allowed) {
    return new ConfigException(key, shown(value), "", allowed);
  }

  /** A key that is not there although it has to be. */
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
   * The same refusal of a key that stands inside {@code parent}.
   *
   * @param sourceOf names the file, variable or flag that a key's value came from
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
