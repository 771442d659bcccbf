package io.stentor.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.stentor.centrifuge.Disconnect;
import io.stentor.message.Utf8;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The members of one JSON object by name, each as its source; what is asked for is decoded then.
 * {@code null} is the same as nothing, and of members of one name the last counts. What has another
 * type than is asked for ends the connection, and so does a text with half of a surrogate pair. One
 * thread.
 */
public final class JsonFields {

  private record Value(JsonToken type, int from, int to) {}

  private final byte[] source;
  private final Map<String, Value> values = new LinkedHashMap<>();

  private JsonFields(byte[] source) {
    this.source = source;
  }

  /**
   * Reads an object.
   *
   * @throws Disconnect when this is not one JSON object in UTF-8 without a byte order mark
   */
  public static JsonFields of(byte[] source) {
    JsonFields fields = new JsonFields(source);
    try (JsonParser parser = JsonSource.parser(source)) {
      fields.read(parser);
    } catch (JsonProcessingException e) {
      throw Disconnect.badRequest("this is no JSON");
    } catch (IllegalArgumentException e) {
      throw Disconnect.badRequest(String.valueOf(e.getMessage()));
    } catch (IOException e) {
      throw new UncheckedIOException(e); // There is no input but memory.
    }
    return fields;
  }

  private void read(JsonParser parser) throws IOException {
    if (parser.nextToken() != JsonToken.START_OBJECT) {
      throw Disconnect.badRequest("a JSON object was expected");
    }
    for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
      JsonToken type = parser.nextToken();
      int from = (int) parser.currentTokenLocation().getByteOffset();
      parser.skipChildren();
      parser.finishToken();
      int to = (int) parser.currentLocation().getByteOffset();
      values.put(name, new Value(type, from, to));
    }
    if (parser.nextToken() != null) {
      throw Disconnect.badRequest("one JSON object a line was expected");
    }
  }

  public boolean isEmpty() {
    return values.isEmpty();
  }

  public Set<String> names() {
    return values.keySet();
  }

  public boolean has(String name) {
    return value(name) != null;
  }

  /** Empty where there is none. */
  public String text(String name) {
    Value value = value(name, JsonToken.VALUE_STRING);
    if (value == null) {
      return "";
    }
    try (JsonParser parser = JsonSource.parser(slice(value))) {
      parser.nextToken();
      return whole(parser.getText());
    } catch (IOException e) {
      throw Disconnect.badRequest("this is no JSON");
    }
  }

  /** 0 where there is none. */
  public long number(String name) {
    Value value = value(name, JsonToken.VALUE_NUMBER_INT);
    try {
      return value == null
          ? 0
          : Long.parseLong(new String(slice(value), StandardCharsets.US_ASCII));
    } catch (NumberFormatException e) {
      throw Disconnect.badRequest("a number is too large");
    }
  }

  /** 0 where there is none. */
  public long unsigned(String name) {
    long number = number(name);
    if (number < 0) {
      throw Disconnect.badRequest("a number is negative");
    }
    return number;
  }

  /** False where there is none. */
  public boolean flag(String name) {
    Value value = value(name);
    if (value == null || value.type == JsonToken.VALUE_FALSE) {
      return false;
    }
    require(value, JsonToken.VALUE_TRUE);
    return true;
  }

  /**
   * A JSON value; null where there is none.
   *
   * @throws IllegalArgumentException with one sentence where it is nested too deep or has half of a
   *     surrogate pair
   */
  public @Nullable JsonSource json(String name) {
    Value value = value(name);
    return value == null ? null : JsonSource.of(slice(value));
  }

  /** An object; null where there is none. */
  public @Nullable JsonFields object(String name) {
    Value value = value(name, JsonToken.START_OBJECT);
    return value == null ? null : of(slice(value));
  }

  /** A list of texts; empty where there is none. */
  public List<String> texts(String name) {
    Value value = value(name, JsonToken.START_ARRAY);
    List<String> texts = new ArrayList<>();
    if (value != null) {
      elements(value, JsonToken.VALUE_STRING, parser -> texts.add(whole(parser.getText())));
    }
    return texts;
  }

  /** A list of objects; empty where there is none. */
  public List<JsonFields> objects(String name) {
    Value value = value(name, JsonToken.START_ARRAY);
    List<JsonFields> objects = new ArrayList<>();
    if (value != null) {
      elements(
          value,
          JsonToken.START_OBJECT,
          parser -> {
            int from = value.from + (int) parser.currentTokenLocation().getByteOffset();
            parser.skipChildren();
            int to = value.from + (int) parser.currentLocation().getByteOffset();
            objects.add(of(Arrays.copyOfRange(source, from, to)));
          });
    }
    return objects;
  }

  private interface Element {
    void read(JsonParser parser) throws IOException;
  }

  private void elements(Value array, JsonToken type, Element element) {
    try (JsonParser parser = JsonSource.parser(slice(array))) {
      parser.nextToken();
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        if (parser.currentToken() != type) {
          throw Disconnect.badRequest("a value has the wrong type");
        }
        element.read(parser);
      }
    } catch (IOException e) {
      throw Disconnect.badRequest("this is no JSON");
    }
  }

  /** The whole object as it came. */
  public String source() {
    return new String(source, StandardCharsets.UTF_8);
  }

  private static String whole(String text) {
    if (Utf8.hasLoneSurrogate(text)) {
      throw Disconnect.badRequest("a text has half of a surrogate pair");
    }
    return text;
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
      throw Disconnect.badRequest("a value has the wrong type");
    }
    return value;
  }
}
