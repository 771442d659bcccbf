package io.stentor.config;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** Reads a file of options. Explains in one sentence why it cannot be read or is not JSON. */
final class JsonFile {
  /** Maximum size of a file, in bytes. */
  static final int MAX_BYTES = 16 << 20;

  /** The parts of Jackson's messages that are meant for programmers. */
  private static final Pattern FOR_PROGRAMMERS =
      Pattern.compile(
          "(, from|: enable) `[^`]*`( to allow[^`]*)?|\\[Source: [^;]*; |(?<=\\d)\\](?=\\))");

  private JsonFile() {}

  /**
   * Reads a file. Blocks.
   *
   * @param name as the user wrote it
   * @throws ConfigException if it cannot be read, or, with line and column, if it is not JSON
   */
  static JsonObject read(String name, Path file) {
    if (!Files.exists(file)) {
      throw cannotRead(name, "there is no such file");
    }
    if (Files.isDirectory(file)) {
      throw cannotRead(name, "it is a directory");
    }
    if (!Files.isReadable(file)) {
      throw cannotRead(name, "permission denied");
    }
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(MAX_BYTES + 1);
      if (bytes.length > MAX_BYTES) {
        throw cannotRead(name, "it is longer than " + (MAX_BYTES >> 20) + " MiB");
      }
      return parse(name, bytes);
    } catch (IOException e) {
      throw cannotRead(name, String.valueOf(e.getMessage()));
    }
  }

  private static JsonObject parse(String name, byte[] bytes) throws IOException {
    JsonFactory factory = new JsonFactory();
    factory.enable(JsonParser.Feature.ALLOW_COMMENTS);
    factory.enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);
    try (JsonParser parser = factory.createParser(bytes)) {
      try {
        requireObject(name, parser);
        return new JsonObject(Buffer.buffer(bytes));
      } catch (JsonProcessingException e) {
        // Jackson reports no location for a value that exceeds one of its limits.
        JsonLocation where = e.getLocation() == null ? parser.currentLocation() : e.getLocation();
        throw notJson(name, where, e.getOriginalMessage());
      } catch (DecodeException e) {
        throw notJson(name, parser.currentLocation(), String.valueOf(e.getMessage()));
      }
    }
  }

  private static void requireObject(String name, JsonParser parser) throws IOException {
    if (parser.nextToken() != JsonToken.START_OBJECT) {
      throw new ConfigException(name + " must hold one JSON object: { … }");
    }
    parser.skipChildren();
    if (parser.nextToken() != null) {
      throw notJson(name, parser.currentTokenLocation(), "something follows the closing brace");
    }
  }

  private static ConfigException notJson(String name, JsonLocation where, String why) {
    String line = why.lines().findFirst().orElse("");
    return new ConfigException(
        "%s, line %d, column %d: not valid JSON: %s"
            .formatted(
                name,
                where.getLineNr(),
                where.getColumnNr(),
                FOR_PROGRAMMERS.matcher(line).replaceAll("")));
  }

  private static ConfigException cannotRead(String name, String why) {
    return new ConfigException("cannot read " + name + ": " + why);
  }
}
