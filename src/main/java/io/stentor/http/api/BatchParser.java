package io.stentor.http.api;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import io.stentor.http.Printable;
import io.stentor.http.ProblemType;
import io.stentor.http.RequestRefused;
import io.stentor.http.api.HttpPublisher.Draft;
import io.stentor.json.JsonSource;
import io.stentor.json.Utf8;
import io.stentor.message.Attributes;
import io.stentor.message.Publication.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Parses the body of a batch: {@code {"messages":[{"room","text"|"data"|"base64",
 * "idempotencyKey"?,"event"?,"tags"?,"exclude"?,"version"?,"versionEpoch"?}]}}. The value of {@code
 * data} is copied from the body byte for byte and never reserialized. For a single use.
 */
final class BatchParser {

  /** Maximum number of messages in a batch. */
  static final int MAX_ITEMS = 1000;

  /** One message of a batch, or the reason why it is invalid. */
  static final class Item {
    private final @Nullable Message message;
    private final @Nullable RequestRefused refusal;

    private Item(@Nullable Message message, @Nullable RequestRefused refusal) {
      this.message = message;
      this.refusal = refusal;
    }

    /**
     * The message. Its size, its key and, for {@code data}, its JSON have not been checked yet.
     *
     * @throws RequestRefused if the item is invalid
     */
    Message message() {
      if (message == null) {
        throw refusal == null ? invalidMessage() : refusal;
      }
      return message;
    }
  }

  /** A message of the batch. */
  record Message(String room, Draft draft) {}

  private final byte[] body;
  private final JsonParser parser;

  private BatchParser(byte[] body, JsonParser parser) {
    this.body = body;
    this.parser = parser;
  }

  /**
   * Parses all messages, in order.
   *
   * @throws RequestRefused if the body as a whole is not a batch
   */
  static List<Item> parse(byte[] body) {
    try (JsonParser parser = JsonSource.parser(body)) {
      return new BatchParser(body, parser).batch();
    } catch (JsonProcessingException e) {
      throw RequestRefused.of(
          ProblemType.INVALID_JSON,
          e instanceof StreamConstraintsException || e.getLocation() == null
              ? "The body is nested too deep, or a number or name in it is too long."
              : "The body is no JSON from byte " + e.getLocation().getByteOffset() + " on.");
    } catch (IllegalArgumentException e) {
      throw RequestRefused.of(ProblemType.INVALID_JSON, e.getMessage() + ".");
    } catch (IOException e) {
      throw new UncheckedIOException(e); // The input is in memory.
    }
  }

  private List<Item> batch() throws IOException {
    if (parser.nextToken() != JsonToken.START_OBJECT
        || parser.nextToken() != JsonToken.FIELD_NAME
        || !parser.currentName().equals("messages")
        || parser.nextToken() != JsonToken.START_ARRAY) {
      throw invalidBatch();
    }
    List<Item> items = new ArrayList<>();
    while (parser.nextToken() == JsonToken.START_OBJECT) {
      if (items.size() == MAX_ITEMS) {
        throw RequestRefused.of(
            ProblemType.TOO_LARGE, "A batch has at most " + MAX_ITEMS + " messages.");
      }
      items.add(new ItemReader().read());
    }
    if (parser.currentToken() != JsonToken.END_ARRAY
        || parser.nextToken() != JsonToken.END_OBJECT
        || parser.nextToken() != null) {
      throw invalidBatch();
    }
    if (items.isEmpty()) {
      throw RequestRefused.of(ProblemType.BAD_REQUEST, "A batch has at least one message.");
    }
    return items;
  }

  private static RequestRefused invalidBatch() {
    return RequestRefused.of(
        ProblemType.BAD_REQUEST,
        "A batch is a JSON object whose one member, messages, is an array of objects.");
  }

  private static RequestRefused invalidMessage() {
    return RequestRefused.of(
        ProblemType.BAD_REQUEST, "A message has a room, and one of text, data and base64.");
  }

  /** Parses one object up to its end, even if it is invalid. */
  private final class ItemReader {
    private final Set<String> seen = new HashSet<>();
    private @Nullable String room;
    private @Nullable String key;
    private @Nullable Kind kind;
    private byte[] data = {};
    private Attributes attributes = Attributes.NONE;
    private @Nullable String version;
    private @Nullable String versionEpoch;
    private @Nullable RequestRefused refusal;

    Item read() throws IOException {
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        if (!seen.add(name)) {
          refuse("The member " + Printable.value(name) + " stands twice in this message.");
        }
        parser.nextToken();
        member(name);
      }
      attribute("", none -> HttpPublisher.version(attributes, version, versionEpoch));
      if (refusal != null || room == null || kind == null) {
        return new Item(null, refusal);
      }
      return new Item(new Message(room, new Draft(kind, data, key, attributes)), null);
    }

    private void member(String name) throws IOException {
      switch (name) {
        case "room" -> room = string(name);
        case "idempotencyKey" -> key = string(name);
        case "text" -> content(Kind.TEXT, utf8(string(name)));
        case "data" -> content(Kind.JSON, JsonSource.slice(body, parser));
        case "base64" -> content(Kind.BINARY, decoded(string(name)));
        case "event" -> attribute(string(name), attributes::withEvent);
        case "tags" -> attribute(strings(name), attributes::withTags);
        case "exclude" -> attribute(string(name), attributes::withExclude);
        case "version" -> version = number(name);
        case "versionEpoch" -> versionEpoch = string(name);
        default -> {
          parser.skipChildren();
          refuse(
              "A message has room, text, data or base64, idempotencyKey, event, tags, exclude,"
                  + " version and versionEpoch, but no "
                  + Printable.value(name)
                  + ".");
        }
      }
    }

    /** Adds an attribute, unless it was already refused and is null. */
    private <T> void attribute(@Nullable T value, Function<T, Attributes> add) {
      try {
        attributes = value == null ? attributes : add.apply(value);
      } catch (IllegalArgumentException rule) {
        refusal = refusal != null ? refusal : HttpPublisher.refusal(rule);
      }
    }

    private @Nullable Map<String, String> strings(String name) throws IOException {
      if (parser.currentToken() != JsonToken.START_OBJECT) {
        parser.skipChildren();
        refuse("The member " + name + " has to be an object whose members are strings.");
        return null;
      }
      Map<String, String> strings = new TreeMap<>();
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String key = parser.currentName();
        parser.nextToken();
        String value = string(name + "." + Printable.value(key));
        if (value != null && strings.put(key, value) != null) {
          refuse("The member " + name + "." + Printable.value(key) + " stands twice.");
        }
      }
      return strings;
    }

    private void content(Kind found, byte[] bytes) {
      if (kind != null && kind != found) {
        refuse("A message has one of text, data and base64.");
      }
      kind = found;
      data = bytes;
    }

    private @Nullable String string(String name) throws IOException {
      if (parser.currentToken() == JsonToken.VALUE_STRING) {
        return parser.getText();
      }
      parser.skipChildren();
      refuse("The member " + name + " has to be a string.");
      return null;
    }

    private @Nullable String number(String name) throws IOException {
      if (parser.currentToken() == JsonToken.VALUE_NUMBER_INT) {
        return parser.getText();
      }
      parser.skipChildren();
      refuse("The member " + name + " has to be a whole number.");
      return null;
    }

    private byte[] utf8(@Nullable String text) {
      if (text == null) {
        return new byte[0];
      }
      try {
        return Utf8.of(text);
      } catch (IllegalArgumentException e) {
        refuse("A text cannot have half of a surrogate pair.");
        return new byte[0];
      }
    }

    private byte[] decoded(@Nullable String base64) {
      try {
        return Base64.getDecoder().decode(base64 == null ? "" : base64);
      } catch (IllegalArgumentException e) {
        refuse("The member base64 has to be Base64 with padding.");
        return new byte[0];
      }
    }

    private void refuse(String detail) {
      refusal = refusal != null ? refusal : RequestRefused.of(ProblemType.BAD_REQUEST, detail);
    }
  }
}
