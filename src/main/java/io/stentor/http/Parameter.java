package io.stentor.http;

import io.stentor.message.Position;
import io.stentor.message.RoomName;
import io.vertx.core.json.JsonObject;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A parameter of an operation, and what its value may be. Immutable.
 *
 * <p>Knows the keywords of JSON Schema that the contract uses for parameters; one that it does not
 * know is refused at the start, so that nothing is promised that nobody checks.
 */
final class Parameter {
  /** Where a parameter stands in a request. */
  enum Place {
    PATH,
    QUERY,
    HEADER
  }

  /** What is wrong with a value, and what would be right. */
  record Wrong(ProblemType type, String detail) {}

  private static final Set<String> WORDS_ONLY =
      Set.of("description", "examples", "default", "x-allowed", "type");

  private static final Set<String> CHECKED =
      Set.of("format", "minimum", "maximum", "minLength", "maxLength", "pattern");

  private static final Pattern WHOLE_NUMBER = Pattern.compile("-?[0-9]{1,18}");

  private final String name;
  private final Place place;
  private final boolean required;
  private final String type;
  private final String format;
  private final long minimum;
  private final long maximum;
  private final @Nullable Pattern pattern;
  private final String allowed;

  private Parameter(JsonObject described, JsonObject schema) {
    name = described.getString("name");
    place = Place.valueOf(described.getString("in").toUpperCase(Locale.ROOT));
    required = described.getBoolean("required", false);
    for (String keyword : schema.fieldNames()) {
      if (!WORDS_ONLY.contains(keyword) && !CHECKED.contains(keyword)) {
        throw new IllegalStateException(
            "the contract's parameter " + name + " has " + keyword + ", which nobody checks");
      }
    }
    type = schema.getString("type");
    format = schema.getString("format", "");
    boolean text = type.equals("string");
    minimum = schema.getLong(text ? "minLength" : "minimum", text ? 0 : Long.MIN_VALUE);
    maximum = schema.getLong(text ? "maxLength" : "maximum", Long.MAX_VALUE);
    String regex = schema.getString("pattern");
    pattern = regex == null ? null : Pattern.compile(regex);
    allowed = schema.getString("x-allowed", inWords());
  }

  /**
   * A parameter as the contract describes it.
   *
   * @throws IllegalStateException where its schema says what cannot be checked
   */
  static Parameter of(JsonObject described, JsonObject schema) {
    return new Parameter(described, schema);
  }

  String name() {
    return name;
  }

  Place place() {
    return place;
  }

  boolean required() {
    return required;
  }

  /** How the parameter is called in an error. */
  String title() {
    return (place == Place.HEADER ? "header " : "parameter ") + name;
  }

  /** What a value may be, as it follows "is". */
  String allowed() {
    return allowed;
  }

  /** What is wrong with a value; {@code null} where nothing is. */
  @Nullable Wrong wrong(String value) {
    String reason =
        switch (format) {
          case "room" -> notARoom(value);
          case "position" -> notAPosition(value);
          default -> fits(value) ? null : "it is " + allowed;
        };
    if (reason == null) {
      return null;
    }
    String detail =
        "The " + title() + " cannot be \"" + Printable.value(value) + "\": " + reason + ".";
    return new Wrong(problem(), detail);
  }

  private ProblemType problem() {
    return switch (format) {
      case "room" -> ProblemType.INVALID_ROOM;
      case "position" -> ProblemType.INVALID_POSITION;
      default -> ProblemType.BAD_REQUEST;
    };
  }

  private static @Nullable String notARoom(String value) {
    try {
      new RoomName(value);
      return null;
    } catch (IllegalArgumentException e) {
      return e.getMessage();
    }
  }

  private static @Nullable String notAPosition(String value) {
    try {
      Position.parse(value);
      return null;
    } catch (IllegalArgumentException e) {
      return e.getMessage();
    }
  }

  private boolean fits(String value) {
    return switch (type) {
      case "boolean" -> value.equals("true") || value.equals("false");
      case "integer" -> WHOLE_NUMBER.matcher(value).matches() && inside(Long.parseLong(value));
      default ->
          inside(value.codePointCount(0, value.length()))
              && (pattern == null || pattern.matcher(value).find());
    };
  }

  private boolean inside(long number) {
    return number >= minimum && number <= maximum;
  }

  private String inWords() {
    return switch (type) {
      case "boolean" -> "true or false";
      case "integer" -> "a whole number from " + minimum + " to " + maximum;
      default ->
          minimum == 0
              ? "at most " + maximum + " characters"
              : "from " + minimum + " to " + maximum + " characters";
    };
  }
}
