package io.stentor.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Takes a JSON object apart without changing what stands in it. */
public final class JsonMembers {

  private static final JsonFactory FACTORY =
      new JsonFactoryBuilder()
          .configure(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES, false)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
          .build();

  /** Names that no issuer uses are not shown. */
  private static final Pattern TWICE = Pattern.compile("Duplicate field '(\\w{1,32})'");

  private JsonMembers() {}

  /**
   * The members of an object, each as its source; those that are null are left out.
   *
   * @throws IllegalArgumentException when this is not one JSON object, or has a member twice
   */
  public static Map<String, String> of(String object) {
    Map<String, String> members = new LinkedHashMap<>();
    try (JsonParser parser = FACTORY.createParser(object)) {
      require(parser.nextToken() == JsonToken.START_OBJECT);
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        JsonToken value = parser.nextToken();
        int begin = (int) parser.currentTokenLocation().getCharOffset();
        parser.skipChildren();
        parser.finishToken();
        int end = (int) parser.currentLocation().getCharOffset();
        if (value != JsonToken.VALUE_NULL) {
          members.put(name, object.substring(begin, end));
        }
      }
      require(parser.nextToken() == null);
    } catch (JsonParseException e) {
      Matcher twice = TWICE.matcher(e.getOriginalMessage());
      if (twice.matches()) {
        throw new IllegalArgumentException("it has " + twice.group(1) + " twice", e);
      }
      throw new IllegalArgumentException("it holds something that is not JSON", e);
    } catch (IOException e) {
      // The message would hold parts of what was read.
      throw new IllegalArgumentException("it holds something that is not JSON", e);
    }
    return members;
  }

  private static void require(boolean object) {
    if (!object) {
      throw new IllegalArgumentException("it holds something that is not a JSON object");
    }
  }
}
