package io.stentor.http;

import io.stentor.message.Position;
import io.stentor.message.RoomName;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * The operations of the HTTP API and their parameters, as described in {@code openapi.yaml}.
 * Immutable; any thread.
 */
public final class Contract {
  /*
   * vertx-openapi validates requests on a worker thread, parses their bodies and decodes their
   * parameters twice (docs/decisions/009). Therefore only parameters, media types and methods are
   * read from the document, once. Tests validate the document itself against OpenAPI 3.1.
   */

  static final String RESOURCE = "openapi.yaml";

  private static final List<String> METHODS =
      List.of("get", "put", "post", "delete", "options", "head", "patch", "trace");

  private final Buffer source;
  private final Buffer json;
  private final JsonObject document;
  private final List<Operation> operations;

  private Contract(String source) {
    this.source = Buffer.buffer(source);
    Map<String, Object> read = new Yaml(new SafeConstructor(new LoaderOptions())).load(source);
    this.document = new JsonObject(read);
    this.json = document.toBuffer();
    List<Operation> found = new ArrayList<>();
    JsonObject paths = document.getJsonObject("paths");
    for (String path : paths.fieldNames()) {
      addOperations(found, path, paths.getJsonObject(path));
    }
    this.operations = List.copyOf(found);
  }

  /** The contract in this jar, parsed on first use. */
  public static Contract read() {
    return Holder.CONTRACT;
  }

  private static final class Holder {
    static final Contract CONTRACT = new Contract(resource());
  }

  private static String resource() {
    try (InputStream in = Contract.class.getClassLoader().getResourceAsStream(RESOURCE)) {
      return new String(
          Objects.requireNonNull(in, RESOURCE).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Serves {@code GET /openapi.yaml}: the unmodified document. */
  public void handleGet(RoutingContext ctx) {
    answer(ctx, "application/yaml", source);
  }

  /** Serves {@code GET /openapi.json}: the same document as JSON. */
  public void handleGetAsJson(RoutingContext ctx) {
    answer(ctx, "application/json", json);
  }

  private static void answer(RoutingContext ctx, String type, Buffer body) {
    SecurityHeaders.put(ctx.response());
    ctx.response()
        .putHeader(HttpHeaders.CONTENT_TYPE, type)
        .putHeader(HttpHeaders.CACHE_CONTROL, "no-cache")
        .end(body);
  }

  /** All operations, in document order. */
  List<Operation> operations() {
    return operations;
  }

  private void addOperations(List<Operation> found, String path, JsonObject item) {
    Stream<JsonObject> shared = objects(item.getJsonArray("parameters"));
    List<JsonObject> ofPath = shared.map(this::resolved).toList();
    for (String method : item.fieldNames()) {
      if (METHODS.contains(method)) {
        found.add(operation(path, method, ofPath, item.getJsonObject(method)));
      }
    }
  }

  private Operation operation(
      String path, String method, List<JsonObject> ofPath, JsonObject described) {
    List<Parameter> parameters =
        Stream.concat(
                ofPath.stream(), objects(described.getJsonArray("parameters")).map(this::resolved))
            .map(node -> new Parameter(node, resolved(node.getJsonObject("schema"))))
            .toList();
    JsonObject body = resolved(described.getJsonObject("requestBody", new JsonObject()));
    List<String> answers = new ArrayList<>();
    JsonObject responses = described.getJsonObject("responses");
    for (String status : responses.fieldNames()) {
      if (status.startsWith("2")) {
        answers.addAll(mediaTypes(resolved(responses.getJsonObject(status))));
      }
    }
    return new Operation(
        described.getString("operationId"),
        HttpMethod.valueOf(method.toUpperCase(Locale.ROOT)),
        path,
        parameters,
        mediaTypes(body),
        answers);
  }

  private static List<String> mediaTypes(JsonObject described) {
    return List.copyOf(described.getJsonObject("content", new JsonObject()).fieldNames());
  }

  private static Stream<JsonObject> objects(@Nullable JsonArray array) {
    return array == null ? Stream.empty() : array.stream().map(JsonObject.class::cast);
  }

  /**
   * Resolves a reference within the document; returns the object itself if it is not a reference.
   */
  private JsonObject resolved(JsonObject object) {
    String reference = object.getString("$ref");
    if (reference == null) {
      return object;
    }
    JsonObject target = document;
    for (String step : reference.substring("#/".length()).split("/", -1)) {
      target = target.getJsonObject(step);
    }
    return resolved(target);
  }

  /**
   * One operation of the contract. Immutable.
   *
   * @param id {@code operationId}
   * @param path with {@code {name}} placeholders for path parameters
   * @param parameters the path, query and header parameters
   * @param takes media types of the request body; empty if there is none
   * @param gives media types of successful responses; empty if there is no body
   */
  record Operation(
      String id,
      HttpMethod method,
      String path,
      List<Parameter> parameters,
      List<String> takes,
      List<String> gives) {

    Operation {
      parameters = List.copyOf(parameters);
      takes = List.copyOf(takes);
      gives = List.copyOf(gives);
    }

    /** The path in vertx-web syntax. */
    String route() {
      return path.replaceAll("\\{(\\w+)}", ":$1");
    }
  }

  /**
   * A parameter of an operation, and its allowed values. Immutable.
   *
   * <p>Supports the JSON Schema keywords that the contract uses for parameters. Any other keyword
   * fails at startup, so that the contract contains no constraint that is not checked.
   */
  static final class Parameter {
    /** Location of a parameter in a request. */
    enum Place {
      PATH,
      QUERY,
      HEADER
    }

    /** A validation error: why a value is invalid, and what is allowed. */
    record Wrong(ProblemType type, String detail) {}

    private static final Set<String> IGNORED_KEYWORDS =
        Set.of("description", "examples", "default", "x-allowed", "type");

    private static final Set<String> CHECKED_KEYWORDS =
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

    /**
     * Creates a parameter from its description.
     *
     * @throws IllegalStateException if the schema has an unsupported keyword
     */
    Parameter(JsonObject described, JsonObject schema) {
      name = described.getString("name");
      place = Place.valueOf(described.getString("in").toUpperCase(Locale.ROOT));
      required = described.getBoolean("required", false);
      for (String keyword : schema.fieldNames()) {
        if (!IGNORED_KEYWORDS.contains(keyword) && !CHECKED_KEYWORDS.contains(keyword)) {
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
      allowed = schema.getString("x-allowed", describeAllowed());
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

    /** The parameter's location and name, for error messages. */
    String title() {
      return (place == Place.HEADER ? "header " : "parameter ") + name;
    }

    /** Describes the allowed values, as a phrase that follows "is". */
    String allowed() {
      return allowed;
    }

    /** Validates a value. Returns null if it is valid. */
    @Nullable Wrong wrong(String value) {
      String reason =
          switch (format) {
            case "room" -> roomError(value);
            case "position" -> positionError(value);
            default -> isValid(value) ? null : "it is " + allowed;
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

    private static @Nullable String roomError(String value) {
      try {
        new RoomName(value);
        return null;
      } catch (IllegalArgumentException e) {
        return e.getMessage();
      }
    }

    private static @Nullable String positionError(String value) {
      try {
        Position.parse(value);
        return null;
      } catch (IllegalArgumentException e) {
        return e.getMessage();
      }
    }

    private boolean isValid(String value) {
      return switch (type) {
        case "boolean" -> value.equals("true") || value.equals("false");
        case "integer" -> WHOLE_NUMBER.matcher(value).matches() && isInRange(Long.parseLong(value));
        default ->
            isInRange(value.codePointCount(0, value.length()))
                && (pattern == null || pattern.matcher(value).find());
      };
    }

    private boolean isInRange(long number) {
      return number >= minimum && number <= maximum;
    }

    private String describeAllowed() {
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
}
