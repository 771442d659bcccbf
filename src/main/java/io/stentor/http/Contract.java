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
 * The HTTP API as {@code openapi.yaml} describes it: the operations and their parameters.
 * Immutable; any thread.
 */
public final class Contract {
  /*
   * vertx-openapi checks requests on a worker thread, parses their bodies and decodes their
   * parameters twice (docs/decisions/009). So only what can be said about parameters, types and
   * methods is read from the document, once; tests hold the document itself against OpenAPI 3.1.
   */

  static final String RESOURCE = "openapi.yaml";

  private static final List<String> METHODS =
      List.of("get", "put", "post", "delete", "options", "head", "patch", "trace");

  private final Buffer source;
  private final JsonObject document;
  private final List<Operation> operations;

  private Contract(String source) {
    this.source = Buffer.buffer(source);
    Map<String, Object> read = new Yaml(new SafeConstructor(new LoaderOptions())).load(source);
    this.document = new JsonObject(read);
    List<Operation> found = new ArrayList<>();
    JsonObject paths = document.getJsonObject("paths");
    for (String path : paths.fieldNames()) {
      addOperations(found, path, paths.getJsonObject(path));
    }
    this.operations = List.copyOf(found);
  }

  /** The contract in this jar. */
  public static Contract read() {
    return Held.CONTRACT;
  }

  private static final class Held {
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

  /** {@code GET /openapi.yaml}: answers with the document as it is written. */
  public void handleGet(RoutingContext ctx) {
    SecurityHeaders.put(ctx.response());
    ctx.response()
        .putHeader(HttpHeaders.CONTENT_TYPE, "application/yaml")
        .putHeader(HttpHeaders.CACHE_CONTROL, "no-cache")
        .end(source);
  }

  /** Every operation, in the order of the document. */
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

  /** What a reference within the document points at, or the object itself where it is none. */
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
   * @param path with {@code {name}} where a parameter stands
   * @param parameters of the path, the query and the headers
   * @param takes media types of the body; empty where there is none
   * @param gives media types of the answer; empty where it has no body
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

    /** The path as vertx-web writes it. */
    String route() {
      return path.replaceAll("\\{(\\w+)}", ":$1");
    }
  }

  /**
   * A parameter of an operation, and its allowed values. Immutable.
   *
   * <p>Knows the keywords of JSON Schema that the contract uses for parameters. Any other keyword
   * is refused at the start, so that the contract promises nothing that is not checked.
   */
  static final class Parameter {
    /** The part of a request that a parameter is in. */
    enum Place {
      PATH,
      QUERY,
      HEADER
    }

    /** Why a value is invalid, and what is allowed. */
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

    /**
     * Creates a parameter from its description.
     *
     * @throws IllegalStateException where the schema has a keyword that is not checked
     */
    Parameter(JsonObject described, JsonObject schema) {
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

    String name() {
      return name;
    }

    Place place() {
      return place;
    }

    boolean required() {
      return required;
    }

    /** The parameter's name in errors. */
    String title() {
      return (place == Place.HEADER ? "header " : "parameter ") + name;
    }

    /** The allowed values, in words that follow "is". */
    String allowed() {
      return allowed;
    }

    /** Why a value is invalid; null where it is valid. */
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
}
