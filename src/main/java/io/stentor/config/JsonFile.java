package io.stentor.config;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Says in one sentence why a file cannot be read or is no JSON. */
final class JsonFile {
  private JsonFile() {}

  /**
   * @throws ConfigException where there is no file that may be read
   */
  static void requireReadable(String name, Path file) {
    if (!Files.exists(file)) {
      throw new ConfigException("cannot read " + name + ": there is no such file");
    }
    if (Files.isDirectory(file)) {
      throw new ConfigException("cannot read " + name + ": it is a directory");
    }
    if (!Files.isReadable(file)) {
      throw new ConfigException("cannot read " + name + ": permission denied");
    }
  }

  /**
   * @throws ConfigException naming file, line and column where the JSON ends to be JSON
   */
  static JsonObject read(String name, Path file) {
    try {
      byte[] bytes = Files.readAllBytes(file);
      requireJson(name, bytes);
      return new JsonObject(io.vertx.core.buffer.Buffer.buffer(bytes));
    } catch (IOException e) {
      throw new ConfigException("cannot read " + name + ": " + e.getMessage());
    }
  }

  private static void requireJson(String name, byte[] bytes) throws IOException {
    JsonFactory factory = new JsonFactory();
    factory.enable(JsonParser.Feature.ALLOW_COMMENTS);
    try (JsonParser parser = factory.createParser(bytes)) {
      JsonToken first = parser.nextToken();
      if (first != JsonToken.START_OBJECT) {
        throw new ConfigException(name + " must hold one JSON object: { … }");
      }
      parser.skipChildren();
      if (parser.nextToken() != null) {
        throw notJson(name, parser.currentTokenLocation(), "something follows the closing brace");
      }
    } catch (JsonProcessingException e) {
      throw notJson(name, e.getLocation(), e.getOriginalMessage());
    }
  }

  private static ConfigException notJson(String name, JsonLocation where, String why) {
    return new ConfigException(
        "%s, line %d, column %d: not valid JSON: %s"
            .formatted(
                name, where.getLineNr(), where.getColumnNr(), why.lines().findFirst().orElse("")));
  }
}
