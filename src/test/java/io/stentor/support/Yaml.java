package io.stentor.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** A place in a YAML document. Whatever is missing on the way fails and is named. */
public final class Yaml {
  private final String path;
  private final Object value;

  private Yaml(String path, Object value) {
    this.path = path;
    this.value = value;
  }

  /** The documents of a file; a key that is there twice is refused. */
  public static List<Yaml> documents(Path file) {
    LoaderOptions options = new LoaderOptions();
    options.setAllowDuplicateKeys(false);
    List<Yaml> documents = new ArrayList<>();
    try {
      String text = Files.readString(file);
      for (Object one : new org.yaml.snakeyaml.Yaml(new SafeConstructor(options)).loadAll(text)) {
        documents.add(new Yaml(file.getFileName().toString(), Objects.requireNonNull(one)));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return documents;
  }

  /** What is at these keys, one in the other. */
  public Yaml at(String... keys) {
    Yaml here = this;
    for (String key : keys) {
      here = here.child(key);
    }
    return here;
  }

  private Yaml child(String key) {
    Object child = asMap().get(key);
    if (child == null) {
      throw new AssertionError("nothing at " + path + "." + key);
    }
    return new Yaml(path + "." + key, child);
  }

  /** Whether there is this key. */
  public boolean has(String key) {
    return asMap().containsKey(key);
  }

  /** The entries of a list. */
  public List<Yaml> list() {
    if (!(value instanceof List<?> list)) {
      throw new AssertionError(path + " is no list");
    }
    List<Yaml> entries = new ArrayList<>();
    for (Object one : list) {
      entries.add(new Yaml(path + "[" + entries.size() + "]", Objects.requireNonNull(one)));
    }
    return entries;
  }

  /** The entries of a map, in their order. */
  public Map<String, Yaml> map() {
    Map<String, Yaml> entries = new LinkedHashMap<>();
    asMap()
        .forEach(
            (key, one) ->
                entries.put(
                    String.valueOf(key),
                    new Yaml(path + "." + key, Objects.requireNonNullElse(one, ""))));
    return entries;
  }

  /** The entry of a list of which {@code name} is this. */
  public Yaml named(String name) {
    return list().stream()
        .filter(one -> one.at("name").text().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError("nothing is called " + name + " in " + path));
  }

  /** The value as text. */
  public String text() {
    return value.toString();
  }

  /** The value as a number. */
  public int number() {
    if (!(value instanceof Integer number)) {
      throw new AssertionError(path + " is no number but " + value);
    }
    return number;
  }

  private Map<?, ?> asMap() {
    if (!(value instanceof Map<?, ?> map)) {
      throw new AssertionError(path + " is no map");
    }
    return map;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Yaml yaml && value.equals(yaml.value);
  }

  @Override
  public int hashCode() {
    return value.hashCode();
  }

  @Override
  public String toString() {
    return path + "=" + value;
  }
}
