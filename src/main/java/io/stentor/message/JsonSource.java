package io.stentor.message;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Checks JSON (RFC 8259) as it came, and leaves it as it came except for line ends between tokens,
 * which are taken out: so a message is one line everywhere. Any thread.
 */
public final class JsonSource {

  /** Deepest nesting of arrays and objects. */
  public static final int MAX_DEPTH = 200;

  private static final int MAX_DIGITS = 1000;

  private static final JsonFactory FACTORY =
      new JsonFactoryBuilder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxNumberLength(MAX_DIGITS)
                  .maxStringLength(Integer.MAX_VALUE)
                  .maxNameLength(Integer.MAX_VALUE)
                  .build())
          .configure(JsonFactory.Feature.INTERN_FIELD_NAMES, false)
          // Bytes that look like UTF-16 would be read as that.
          .configure(JsonFactory.Feature.CHARSET_DETECTION, false)
          .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
          .build();

  private JsonSource() {}

  /**
   * The source of one JSON value, without line ends and without space around it.
   *
   * @param data UTF-8; not changed, and returned itself where there is nothing to take out
   * @throws IllegalArgumentException with one sentence that says where it is not JSON
   */
  public static byte[] checked(byte[] data) {
    if (!ByteBufUtil.isText(Unpooled.wrappedBuffer(data), StandardCharsets.UTF_8)) {
      throw new IllegalArgumentException("JSON has to be UTF-8");
    }
    try (JsonParser parser = FACTORY.createParser(data)) {
      if (parser.nextToken() == null) {
        throw new IllegalArgumentException("this is no JSON: there is nothing in it");
      }
      parser.skipChildren();
      // Finishes a string or number that was only begun, too.
      parser.finishToken();
      if (parser.nextToken() != null) {
        throw new IllegalArgumentException("this is no JSON: something follows the first value");
      }
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("this is no JSON: " + reason(e), e);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // There is no input but memory.
    }
    return oneLine(data);
  }

  /** The value of a JSON string that was checked. */
  public static String string(byte[] source) {
    try (JsonParser parser = FACTORY.createParser(source)) {
      parser.nextToken();
      return parser.getText();
    } catch (IOException e) {
      throw new UncheckedIOException(e); // There is no input but memory.
    }
  }

  private static String reason(JsonProcessingException failure) {
    if (failure instanceof StreamConstraintsException) {
      return "it is nested deeper than "
          + MAX_DEPTH
          + ", or a number has over "
          + MAX_DIGITS
          + " digits";
    }
    String all = failure.getOriginalMessage().lines().findFirst().orElse("");
    JsonLocation at = failure.getLocation();
    return at == null ? all : all + ", at byte " + at.getByteOffset();
  }

  private static byte[] oneLine(byte[] data) {
    int from = 0;
    int to = data.length;
    while (isSpace(data[from])) {
      from++;
    }
    while (isSpace(data[to - 1])) {
      to--;
    }
    byte[] out = new byte[to - from];
    int length = 0;
    for (int i = from; i < to; i++) {
      // A line end inside of a string would not be JSON.
      if (data[i] != '\n' && data[i] != '\r') {
        out[length++] = data[i];
      }
    }
    return length == data.length ? data : Arrays.copyOf(out, length);
  }

  private static boolean isSpace(byte one) {
    return one == ' ' || one == '\t' || one == '\n' || one == '\r';
  }
}
