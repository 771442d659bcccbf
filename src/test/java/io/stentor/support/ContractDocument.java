package io.stentor.support;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;
import io.vertx.json.schema.Draft;
import io.vertx.json.schema.JsonSchema;
import io.vertx.json.schema.JsonSchemaOptions;
import io.vertx.json.schema.OutputFormat;
import io.vertx.json.schema.OutputUnit;
import io.vertx.json.schema.SchemaRepository;
import io.vertx.openapi.contract.OpenAPIVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** {@code openapi.yaml}, read by other means than the server's, and answers held against it. */
public final class ContractDocument {
  private static final JsonSchemaOptions OPTIONS =
      new JsonSchemaOptions()
          .setDraft(Draft.DRAFT202012)
          .setBaseUri("https://stentor.invalid")
          .setOutputFormat(OutputFormat.Basic);

  private final String source;
  private final JsonObject document;
  private final JsonObject whole;

  private ContractDocument(String source) {
    this.source = source;
    Map<String, Object> read = new Yaml(new SafeConstructor(new LoaderOptions())).load(source);
    document = new JsonObject(read);
    SchemaRepository repository = SchemaRepository.create(OPTIONS);
    repository.dereference(JsonSchema.of(document.copy()));
    whole = inlined(document, document);
  }

  /** The contract that the tests' class path has. */
  public static ContractDocument read() {
    try (InputStream in = ContractDocument.class.getResourceAsStream("/openapi.yaml")) {
      return new ContractDocument(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** As it is written. */
  public String source() {
    return source;
  }

  /** As JSON, with its references. */
  public JsonObject json() {
    return document;
  }

  /** What the schema of OpenAPI 3.1 says against the document; empty where nothing. */
  public List<String> errorsAsOpenApi(Vertx vertx) {
    OutputUnit result =
        OpenAPIVersion.V3_1
            .getRepository(vertx, "app://")
            .compose(
                repository -> OpenAPIVersion.V3_1.validateContract(vertx, repository, document))
            .await();
    return errors(result);
  }

  /** Each operation as {@code METHOD path}. */
  public List<String> operations() {
    List<String> all = new ArrayList<>();
    JsonObject paths = document.getJsonObject("paths");
    for (String path : paths.fieldNames()) {
      for (String name : paths.getJsonObject(path).fieldNames()) {
        if (!name.equals("parameters")) {
          all.add(name.toUpperCase(Locale.ROOT) + " " + path);
        }
      }
    }
    return all;
  }

  /** Receives one response of an operation, with all references replaced. */
  public interface ResponseVisitor {
    /**
     * Is called for each response.
     *
     * @param operation as {@code METHOD path}
     * @param status the status code, or {@code default}
     */
    void visit(String operation, String status, JsonObject response);
  }

  /** Visits every response of every operation. */
  public void eachResponse(ResponseVisitor visitor) {
    for (String operation : operations()) {
      String[] parts = operation.split(" ");
      JsonObject responses =
          whole
              .getJsonObject("paths")
              .getJsonObject(parts[1])
              .getJsonObject(parts[0].toLowerCase(Locale.ROOT))
              .getJsonObject("responses");
      for (String status : responses.fieldNames()) {
        visitor.visit(operation, status, responses.getJsonObject(status));
      }
    }
  }

  /**
   * Asserts that the contract describes this answer: its status, its headers, its media type and
   * what is in its body. An answer of a path or method that the contract does not have is a
   * problem.
   *
   * @param target of the request, with its query
   */
  public void assertDescribes(String method, String target, RawHttp.Answer answer) {
    String what = method + " " + target + " -> " + answer.status() + " " + answer.body();
    JsonObject response = response(method, target.split("[?]", 2)[0], answer.status());
    assertThat(response).as(what).isNotNull();
    JsonObject headers = response.getJsonObject("headers", new JsonObject());
    for (String name : headers.fieldNames()) {
      if (headers.getJsonObject(name).getBoolean("required", false)) {
        assertThat(answer.header(name)).as(what + ": header " + name).isNotEmpty();
      }
    }
    JsonObject content = response.getJsonObject("content");
    if (content == null) {
      assertThat(answer.body()).as(what).isEmpty();
      return;
    }
    String type = answer.header("content-type").split(";", 2)[0];
    assertThat(content.fieldNames()).as(what + ": media type " + type).contains(type);
    if (type.endsWith("json")) {
      Object value = Json.decodeValue(answer.body());
      JsonObject schema = content.getJsonObject(type).getJsonObject("schema");
      assertThat(errors(schema, value)).as(what).isEmpty();
      assertProblemOfItsStatus(type, value, answer.status(), what);
    }
  }

  private static void assertProblemOfItsStatus(String type, Object body, int status, String what) {
    if (type.equals("application/problem+json")) {
      assertThat(((JsonObject) body).getInteger("status")).as(what).isEqualTo(status);
    } else {
      assertThat(status).as(what).isLessThan(300);
    }
  }

  private JsonObject response(String method, String path, int status) {
    JsonObject paths = whole.getJsonObject("paths");
    for (String template : paths.fieldNames()) {
      if (path.matches(template.replace(".", "\\.").replaceAll("\\{\\w+}", "[^/]+"))) {
        JsonObject operation =
            paths.getJsonObject(template).getJsonObject(method.toLowerCase(Locale.ROOT));
        if (operation != null) {
          JsonObject responses = operation.getJsonObject("responses");
          return responses.getJsonObject(
              Integer.toString(status), responses.getJsonObject("default"));
        }
      }
    }
    return whole.getJsonObject("components").getJsonObject("responses").getJsonObject("Problem");
  }

  private static List<String> errors(JsonObject schema, Object value) {
    return errors(
        io.vertx.json.schema.Validator.create(JsonSchema.of(schema.copy()), OPTIONS)
            .validate(value));
  }

  private static List<String> errors(OutputUnit result) {
    if (Boolean.TRUE.equals(result.getValid())) {
      return List.of();
    }
    List<String> all = new ArrayList<>();
    if (result.getErrors() != null) {
      result.getErrors().forEach(e -> all.add(e.getInstanceLocation() + ": " + e.getError()));
    }
    return all.isEmpty() ? List.of("not valid") : all;
  }

  /** The node with every reference replaced by what it points at; there are no circles. */
  private static JsonObject inlined(JsonObject node, JsonObject root) {
    return (JsonObject) inline(node, root);
  }

  private static Object inline(Object node, JsonObject root) {
    if (node instanceof JsonObject object) {
      JsonObject all = new JsonObject();
      if (object.getValue("$ref") instanceof String reference) {
        JsonObject target = root;
        for (String step : reference.substring(2).split("/")) {
          target = target.getJsonObject(step);
        }
        all.mergeIn(inlined(target, root));
      }
      for (String name : object.fieldNames()) {
        if (!name.equals("$ref")) {
          all.put(name, inline(object.getValue(name), root));
        }
      }
      return all;
    }
    if (node instanceof io.vertx.core.json.JsonArray array) {
      io.vertx.core.json.JsonArray all = new io.vertx.core.json.JsonArray();
      array.forEach(one -> all.add(inline(one, root)));
      return all;
    }
    return node;
  }
}
