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
 * Where a value stands in the configuration, written {@code rooms[0].history.bytes}.
 *
 * @param segments names, and numbers for places in a list
 */
record KeyPath(List<String> segments) {
  static final KeyPath ROOT = new KeyPath(List.of());

  /** The beginning of the names of all environment variables. */
  static final String VARIABLE_PREFIX = "STENTOR_";

  KeyPath {
    segments = List.copyOf(segments);
  }

  /** The path written {@code name.name}, without places in lists. */
  static KeyPath of(String dotted) {
    return ROOT.then(dotted);
  }

  /** The path that a JSON Pointer in a URI fragment ({@code #/http/port}, RFC 6901 §6) names. */
  static KeyPath ofPointer(String pointer) {
    List<String> segments = new ArrayList<>();
    String[] parts = pointer.split("/", -1);
    for (String part : Arrays.asList(parts).subList(1, parts.length)) {
      String decoded = URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
      segments.add(decoded.replace("~1", "/").replace("~0", "~"));
    }
    return new KeyPath(segments);
  }

  /** This path followed by a dotted one. */
  KeyPath then(String dotted) {
    KeyPath path = this;
    for (String name : dotted.split("\\.", -1)) {
      path = path.child(name);
    }
    return path;
  }

  /** This path followed by one name or place, in which a dot means nothing. */
  KeyPath child(String segment) {
    List<String> longer = new ArrayList<>(segments);
    longer.add(segment);
    return new KeyPath(longer);
  }

  /** The path of the object or list that this stands in; not to be asked of the root. */
  KeyPath parent() {
    return new KeyPath(segments.subList(0, segments.size() - 1));
  }

  /** The last name or place; not to be asked of the root. */
  String last() {
    return segments.get(segments.size() - 1);
  }

  /** Whether this stands in a list, at whatever depth. */
  boolean isInList() {
    return segments.stream().anyMatch(KeyPath::isPlace);
  }

  /** The path of the outermost list that this stands in. */
  KeyPath list() {
    return new KeyPath(segments.stream().takeWhile(segment -> !isPlace(segment)).toList());
  }

  boolean isRoot() {
    return segments.isEmpty();
  }

  /** Whether a value, be it null, stands here. */
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

  /** The value that stands here, or null. */
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

  /** Puts a value here; makes the objects on the way. Only for paths without places in lists. */
  void put(JsonObject root, @Nullable Object value) {
    JsonObject holder = root;
    for (String name : parent().segments) {
      JsonObject inner = holder.getJsonObject(name, new JsonObject());
      holder.put(name, inner);
      holder = inner;
    }
    holder.put(last(), value);
  }

  /** The environment variable of this option: {@code STENTOR_HTTP_PORT} for {@code http.port}. */
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
