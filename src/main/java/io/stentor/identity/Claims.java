package io.stentor.identity;

import io.stentor.json.InvalidJson;
import io.stentor.json.JsonFields;
import io.stentor.json.JsonSource;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The members of a JSON object in a token, read by name and type. A member of another type fails
 * with an {@link IllegalArgumentException} that names it without its value.
 */
final class Claims {

  private static final byte[] NO_MEMBERS = {'{', '}'};

  private final JsonFields members;

  /** Reads an object whose names must be unique. */
  Claims(byte[] object) {
    try {
      this.members = JsonFields.withUniqueNames(object);
    } catch (InvalidJson e) {
      throw new IllegalArgumentException(
          switch (e.kind()) {
            case DUPLICATE_NAME -> "it has " + e.getMessage() + " twice";
            case NOT_ONE_OBJECT -> "it holds something that is not a JSON object";
            default -> "it holds something that is not JSON";
          },
          e);
    }
  }

  boolean has(String name) {
    return members.has(name);
  }

  Iterable<String> names() {
    return members.names();
  }

  /** Returns a string; empty if there is none. */
  String text(String name) {
    Object value = value(name);
    if (value == null) {
      return "";
    }
    if (value instanceof String text) {
      return text;
    }
    throw wrong(name, "a text");
  }

  /** Returns a time in seconds since 1970 (RFC 7519, section 2), without its fraction. */
  long time(String name, long otherwise) {
    Object value = value(name);
    if (value == null) {
      return otherwise;
    }
    if (value instanceof Number number) {
      return (long) number.doubleValue();
    }
    throw wrong(name, "a number of seconds");
  }

  /** Returns a boolean; null if there is none. */
  @Nullable Boolean flag(String name) {
    Object value = value(name);
    if (value == null || value instanceof Boolean) {
      return (Boolean) value;
    }
    throw wrong(name, "true or false");
  }

  /** Returns a list of strings; empty if there is none. */
  List<String> texts(String name) {
    Object value = value(name);
    if (value == null) {
      return List.of();
    }
    if (!(value instanceof JsonArray list)) {
      throw wrong(name, "a list of texts");
    }
    List<String> texts = new ArrayList<>();
    for (Object each : list) {
      if (!(each instanceof String text)) {
        throw wrong(name, "a list of texts");
      }
      texts.add(text);
    }
    return texts;
  }

  /** Returns the strings of a member that may be one string or a list, such as {@code aud}. */
  List<String> oneOrMore(String name) {
    Object value = value(name);
    if (value == null || value instanceof JsonArray) {
      return texts(name);
    }
    if (value instanceof String text) {
      return List.of(text);
    }
    throw wrong(name, "a text or a list of texts");
  }

  /** Returns the members of an object; none if there is no object. */
  Claims object(String name) {
    byte[] source = members.slice(name);
    if (source != null && source[0] != '{') {
      throw wrong(name, "a JSON object");
    }
    return new Claims(source == null ? NO_MEMBERS : source);
  }

  /** Returns the JSON source of a member on one line; null if there is none. */
  @Nullable String source(String name) {
    byte[] source = members.slice(name);
    return source == null ? null : oneLine(name, source);
  }

  /** Returns the same, or decoded from Base64 if the second name is present. */
  @Nullable String source(String name, String base64Name) {
    String base64 = text(base64Name);
    if (base64.isEmpty()) {
      return source(name);
    }
    try {
      return oneLine(base64Name, Base64.getDecoder().decode(base64));
    } catch (IllegalArgumentException e) {
      throw wrong(base64Name, "JSON in Base64");
    }
  }

  private static String oneLine(String name, byte[] source) {
    try {
      return JsonSource.of(source).toString();
    } catch (IllegalArgumentException e) {
      throw wrong(
          name,
          "JSON in UTF-8 without halves of surrogate pairs, "
              + JsonSource.MAX_DEPTH
              + " deep at most");
    }
  }

  private @Nullable Object value(String name) {
    byte[] source = members.slice(name);
    try {
      return source == null ? null : Json.decodeValue(Buffer.buffer(source));
    } catch (DecodeException e) {
      throw wrong(name, "JSON");
    }
  }

  /** Returns the exception for an invalid claim. */
  static IllegalArgumentException wrong(String name, String allowed) {
    return new IllegalArgumentException("its " + name + " is not " + allowed);
  }
}
