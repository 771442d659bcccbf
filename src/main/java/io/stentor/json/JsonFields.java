package io.stentor.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The members of one JSON object by name. Members are decoded when they are read; {@code null} is
 * the same as no member. A member of another type, or a text with a lone surrogate, fails with
 * {@link InvalidJson}. One thread.
 */
public final class JsonFields implements Fields {

  /** Jackson's message; names that are not plain words are not repeated. */
  private static final Pattern DUPLICATE = Pattern.compile("Duplicate field '(\\w{1,32})'");

  private record Value(JsonToken type, int from, int to) {}

  private final byte[] source;
  private final Map<String, Value> values = new LinkedHashMap<>();

  private JsonFields(byte[] source) {
    this.source = source;
  }

  /**
   * Reads an object. Of members with the same name the last one counts.
   *
   * @throws InvalidJson if this is not one JSON object in UTF-8 without a byte order mark
   */
  public static JsonFields of(byte[] source) {
    return read(source, false);
  }

  /**
   * Reads an object whose names, at all levels, must be unique. Members that are {@code null} are
   * not among its {@link #names}.
   *
   * @throws InvalidJson if this is not one such JSON object in UTF-8 without a byte order mark
   */
  public static JsonFields withUniqueNames(byte[] source) {
    return read(source, true);
  }

  private static JsonFields read(byte[] source, boolean unique) {
    JsonFields fields = new JsonFields(source);
    try (JsonParser parser = JsonSource.parser(source)) {
      fields.read(parser.configure(JsonParser.Feature.STRICT_DUPLICATE_DETECTION, unique), unique);
    } catch (JsonProcessingException e) {
      Matcher duplicate = DUPLICATE.matcher(e.getOriginalMessage());
      throw duplicate.matches()
          ? new InvalidJson(InvalidJson.Kind.DUPLICATE_NAME, duplicate.group(1))
          : malformed("this is no JSON");
    } catch (IllegalArgumentException e) {
      throw malformed(String.valueOf(e.getMessage()));
    } catch (IOException e) {
      throw new UncheckedIOException(e); // There is no input but memory.
    }
    return fields;
  }

  private void read(JsonParser parser, boolean unique) throws IOException {
    if (parser.nextToken() != JsonToken.START_OBJECT) {
      throw notOneObject("a JSON object was expected");
    }
    for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
      JsonToken type = parser.nextToken();
      int from = (int) parser.currentTokenLocation().getByteOffset();
      int to = JsonSource.skip(parser);
      if (!unique || type != JsonToken.VALUE_NULL) {
        values.put(name, new Value(type, from, to));
      }
    }
    if (parser.nextToken() != null) {
      throw notOneObject("one JSON object a line was expected");
    }
  }

  private static InvalidJson malformed(String message) {
    return new InvalidJson(InvalidJson.Kind.MALFORMED, message);
  }

  private static InvalidJson notOneObject(String message) {
    return new InvalidJson(InvalidJson.Kind.NOT_ONE_OBJECT, message);
  }

  private static InvalidJson wrongType() {
    return new InvalidJson(InvalidJson.Kind.WRONG_TYPE, "a value has the wrong type");
  }

  public boolean isEmpty() {
    return values.isEmpty();
  }

  @Override
  public Set<String> names() {
    return values.keySet();
  }

  @Override
  public boolean has(String name) {
    return value(name) != null;
  }

  /** Returns a string; empty if there is none. */
  @Override
  public String text(String name) {
    Value value = value(name, JsonToken.VALUE_STRING);
    if (value == null) {
      return "";
    }
    try (JsonParser parser = JsonSource.parser(slice(value))) {
      parser.nextToken();
      return whole(parser.getText());
    } catch (IOException e) {
      throw malformed("this is no JSON");
    }
  }

  /** Returns an integer; 0 if there is none. */
  @Override
  public long number(String name) {
    Value value = value(name, JsonToken.VALUE_NUMBER_INT);
    try {
      return value == null
          ? 0
          : Long.parseLong(new String(slice(value), StandardCharsets.US_ASCII));
    } catch (NumberFormatException e) {
      throw new InvalidJson(InvalidJson.Kind.WRONG_TYPE, "a number is too large");
    }
  }

  /** Returns an integer that is not negative; 0 if there is none. */
  @Override
  public long unsigned(String name) {
    long number = number(name);
    if (number < 0) {
      throw new InvalidJson(InvalidJson.Kind.WRONG_TYPE, "a number is negative");
    }
    return number;
  }

  /** Returns a boolean; false if there is none. */
  @Override
  public boolean flag(String name) {
    Value value = value(name);
    if (value == null || value.type == JsonToken.VALUE_FALSE) {
      return false;
    }
    require(value, JsonToken.VALUE_TRUE);
    return true;
  }

  /**
   * A JSON value; null if there is none.
   *
   * @throws IllegalArgumentException with one sentence if it is nested too deep or has a lone
   *     surrogate
   */
  public @Nullable JsonSource json(String name) {
    Value value = value(name);
    return value == null ? null : JsonSource.of(slice(value));
  }

  /** An object; null if there is none. */
  @Override
  public @Nullable JsonFields object(String name) {
    Value value = value(name, JsonToken.START_OBJECT);
    return value == null ? null : of(slice(value));
  }

  /** A list of texts; empty if there is none. */
  @Override
  public List<String> texts(String name) {
    Value value = value(name, JsonToken.START_ARRAY);
    List<String> texts = new ArrayList<>();
    if (value != null) {
      elements(slice(value), JsonToken.VALUE_STRING, parser -> texts.add(whole(parser.getText())));
    }
    return texts;
  }

  /** An object whose members are texts; empty if there is none. A member that is null is empty. */
  public Map<String, String> textsByName(String name) {
    JsonFields object = object(name);
    Map<String, String> texts = new LinkedHashMap<>();
    if (object != null) {
      object.names().forEach(one -> texts.put(whole(one), object.text(one)));
    }
    return texts;
  }

  /** A list of objects; empty if there is none. */
  @Override
  public List<JsonFields> objects(String name) {
    Value value = value(name, JsonToken.START_ARRAY);
    List<JsonFields> objects = new ArrayList<>();
    if (value != null) {
      byte[] array = slice(value);
      elements(
          array,
          JsonToken.START_OBJECT,
          parser -> objects.add(of(JsonSource.slice(array, parser))));
    }
    return objects;
  }

  private interface Element {
    void read(JsonParser parser) throws IOException;
  }

  private static void elements(byte[] array, JsonToken type, Element element) {
    try (JsonParser parser = JsonSource.parser(array)) {
      parser.nextToken();
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        if (parser.currentToken() != type) {
          throw wrongType();
        }
        element.read(parser);
      }
    } catch (IOException e) {
      throw malformed("this is no JSON");
    }
  }

  /** The whole object as it was received. */
  public String source() {
    return new String(source, StandardCharsets.UTF_8);
  }

  private static String whole(String text) {
    if (Utf8.hasLoneSurrogate(text)) {
      throw malformed("a text has half of a surrogate pair");
    }
    return text;
  }

  /** The source of a value, as it was received; null if there is none. */
  @Override
  public byte @Nullable [] slice(String name) {
    Value value = value(name);
    return value == null ? null : slice(value);
  }

  private byte[] slice(Value value) {
    return Arrays.copyOfRange(source, value.from, value.to);
  }

  private @Nullable Value value(String name, JsonToken type) {
    Value value = value(name);
    return value == null ? null : require(value, type);
  }

  private @Nullable Value value(String name) {
    Value value = values.get(name);
    return value == null || value.type == JsonToken.VALUE_NULL ? null : value;
  }

  private static Value require(Value value, JsonToken type) {
    if (value.type != type) {
      throw wrongType();
    }
    return value;
  }
}
