package io.stentor.config;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The path of a value in the configuration, written {@code rooms[0].history.bytes}.
 *
 * @param segments names, and numbers for list indexes
 */
record KeyPath(List<String> segments) {
  static final KeyPath ROOT = new KeyPath(List.of());

  /** Prefix of all environment variables. */
  static final String VARIABLE_PREFIX = "STENTOR_";

  KeyPath {
    segments = List.copyOf(segments);
  }

  /** Parses a path written {@code name.name}, without list indexes. */
  static KeyPath of(String dotted) {
    return ROOT.then(dotted);
  }

  /** Parses a JSON Pointer in a URI fragment ({@code #/http/port}, RFC 6901, section 6). */
  static KeyPath ofPointer(String pointer) {
    List<String> segments = new ArrayList<>();
    String[] parts = pointer.split("/", -1);
    for (String part : Arrays.asList(parts).subList(1, parts.length)) {
      String decoded = URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
      segments.add(decoded.replace("~1", "/").replace("~0", "~"));
    }
    return new KeyPath(segments);
  }

  /** Appends a dotted path. */
  KeyPath then(String dotted) {
    KeyPath path = this;
    for (String name : dotted.split("\\.", -1)) {
      path = path.child(name);
    }
    return path;
  }

  /** Appends one name or index, in which a dot has no special meaning. */
  KeyPath child(String segment) {
    List<String> longer = new ArrayList<>(segments);
    longer.add(segment);
    return new KeyPath(longer);
  }

  /** Returns the path of the enclosing object or list. Must not be called on the root. */
  KeyPath parent() {
    return new KeyPath(segments.subList(0, segments.size() - 1));
  }

  /** Returns the last name or index. Must not be called on the root. */
  String last() {
    return segments.get(segments.size() - 1);
  }

  /** Returns whether this is inside a list, at any depth. */
  boolean isInList() {
    return segments.stream().anyMatch(KeyPath::isPlace);
  }

  /** Returns the path of the outermost list that contains this. */
  KeyPath list() {
    return new KeyPath(segments.stream().takeWhile(segment -> !isPlace(segment)).toList());
  }

  boolean isRoot() {
    return segments.isEmpty();
  }

  /** Returns whether there is a value at this path, even null. */
  boolean isIn(JsonObject root) {
    if (isRoot()) {
      return true;
    }
    Object holder = parent().valueIn(root);
    if (holder instanceof JsonObject object) {
      return object.containsKey(last());
    }
    return holder instanceof JsonArray list && isPlace(last()) && place(last()) < list.size();
  }

  /** Returns the value at this path, or null. */
  @Nullable Object valueIn(JsonObject root) {
    if (isRoot()) {
      return root;
    }
    Object holder = parent().valueIn(root);
    if (holder instanceof JsonObject object) {
      return object.getValue(last());
    }
    if (holder instanceof JsonArray list && isPlace(last()) && place(last()) < list.size()) {
      return list.getValue(place(last()));
    }
    return null;
  }

  /**
   * Sets the value at this path and creates missing objects. Only for paths without list indexes.
   */
  void put(JsonObject root, @Nullable Object value) {
    JsonObject holder = root;
    for (String name : parent().segments) {
      JsonObject inner = holder.getJsonObject(name, new JsonObject());
      holder.put(name, inner);
      holder = inner;
    }
    holder.put(last(), value);
  }

  /**
   * Returns the environment variable of this option: {@code STENTOR_HTTP_PORT} for {@code
   * http.port}.
   */
  String environmentName() {
    String snake = String.join("_", segments).replaceAll("(?<=[a-z0-9])(?=[A-Z])", "_");
    return VARIABLE_PREFIX + snake.toUpperCase(Locale.ROOT);
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (String segment : segments) {
      if (isPlace(segment) && !text.isEmpty()) {
        text.append('[').append(segment).append(']');
      } else {
        text.append(text.isEmpty() ? "" : ".").append(segment);
      }
    }
    return text.toString();
  }

  private static boolean isPlace(String segment) {
    return segment.matches("[0-9]{1,9}");
  }

  private static int place(String segment) {
    return Integer.parseInt(segment);
  }
}
