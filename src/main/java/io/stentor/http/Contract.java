package io.stentor.http;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * The HTTP API as {@code openapi.yaml} describes it: which operations there are and what a request
 * may be. Immutable; any thread.
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

  /** The document as it is written. Not to be changed. */
  Buffer source() {
    return source;
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
            .map(node -> Parameter.of(node, resolved(node.getJsonObject("schema"))))
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
}
