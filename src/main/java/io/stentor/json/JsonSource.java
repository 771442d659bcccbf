package io.stentor.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The validated source of one JSON value (RFC 8259): UTF-8 without a byte order mark, without lone
 * surrogates, nested at most {@value #MAX_DEPTH} levels deep, on one line. Line ends between tokens
 * and the space around the value are removed; everything else is as it was received. Immutable; any
 * thread.
 */
public final class JsonSource {

  /** Deepest nesting of arrays and objects. */
  public static final int MAX_DEPTH = 200;

  private static final int MAX_DIGITS = 1000;

  /** A request may contain a value of the greatest depth. */
  private static final int MAX_DEPTH_OF_REQUESTS = MAX_DEPTH + 50;

  private static final JsonFactory VALUES = factory(MAX_DEPTH);
  private static final JsonFactory REQUESTS = factory(MAX_DEPTH_OF_REQUESTS);

  private static final int SURROGATE_ESCAPE = 6;

  private final byte[] bytes;

  private JsonSource(byte[] bytes) {
    this.bytes = bytes;
  }

  private static JsonFactory factory(int maxDepth) {
    return new JsonFactoryBuilder()
        .streamReadConstraints(
            StreamReadConstraints.builder()
                .maxNestingDepth(maxDepth)
                .maxNumberLength(MAX_DIGITS)
                .maxStringLength(Integer.MAX_VALUE)
                .maxNameLength(Integer.MAX_VALUE)
                .build())
        // The table of names stays: without it the parser reads characters and has no byte offsets.
        .configure(JsonFactory.Feature.INTERN_FIELD_NAMES, false)
        // Otherwise bytes that look like UTF-16 would be decoded as UTF-16.
        .configure(JsonFactory.Feature.CHARSET_DETECTION, false)
        .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
        .build();
  }

  /**
   * Validates the source of one JSON value.
   *
   * @param data ownership passes to this object; not changed
   * @throws IllegalArgumentException with one sentence that says where it is invalid
   */
  public static JsonSource of(byte[] data) {
    requireUtf8(data);
    try (JsonParser parser = VALUES.createParser(data)) {
      if (parser.nextToken() == null) {
        throw new IllegalArgumentException("this is no JSON: there is nothing in it");
      }
      parser.skipChildren();
      // Also reads the rest of an incomplete string or number, which fails.
      parser.finishToken();
      if (parser.nextToken() != null) {
        throw new IllegalArgumentException("this is no JSON: something follows the first value");
      }
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("this is no JSON: " + reason(e), e);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // There is no input but memory.
    }
    if (hasLoneSurrogate(data)) {
      throw new IllegalArgumentException(
          "JSON has half of a surrogate pair (an escape from \\ud800 to \\udfff without the other"
              + " half), which is no character");
    }
    return new JsonSource(oneLine(data));
  }

  /**
   * Returns a text as a JSON string.
   *
   * @throws IllegalArgumentException if the text has a lone surrogate
   */
  public static JsonSource ofText(String text) {
    byte[] escaped = JsonStringEncoder.getInstance().quoteAsUTF8(text);
    byte[] quoted = new byte[escaped.length + 2];
    quoted[0] = '"';
    System.arraycopy(escaped, 0, quoted, 1, escaped.length);
    quoted[quoted.length - 1] = '"';
    return new JsonSource(quoted);
  }

  /**
   * Creates a parser for the JSON of a request, which may contain values of the greatest depth.
   * Checks that the bytes are UTF-8, but not for lone surrogates.
   *
   * @throws IllegalArgumentException with one sentence if this is not UTF-8, or starts with a byte
   *     order mark
   */
  public static JsonParser parser(byte[] request) {
    requireUtf8(request);
    try {
      return REQUESTS.createParser(request);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // There is no input but memory.
    }
  }

  /** Returns the source of the value that the parser is at, and moves the parser to its end. */
  public static byte[] slice(byte[] request, JsonParser parser) throws IOException {
    int from = (int) parser.currentTokenLocation().getByteOffset();
    return Arrays.copyOfRange(request, from, skip(parser));
  }

  /** Moves a parser to the end of the value that it is at; returns the offset of that end. */
  static int skip(JsonParser parser) throws IOException {
    parser.skipChildren();
    parser.finishToken();
    return (int) parser.currentLocation().getByteOffset();
  }

  private static void requireUtf8(byte[] data) {
    if (startsWith(data, 0xef, 0xbb, 0xbf)) {
      throw new IllegalArgumentException("JSON has to begin without a byte order mark");
    }
    if (!Utf8.isValid(data) || isOfWideCharacters(data)) {
      throw new IllegalArgumentException("JSON has to be UTF-8");
    }
  }

  private static boolean startsWith(byte[] data, int... first) {
    for (int i = 0; i < first.length; i++) {
      if (i >= data.length || (data[i] & 0xff) != first[i]) {
        return false;
      }
    }
    return true;
  }

  /** In UTF-16 and UTF-32 one of the first two bytes of an ASCII character is zero. */
  private static boolean isOfWideCharacters(byte[] data) {
    return data.length > 1 && (data[0] == 0 || data[1] == 0);
  }

  /** Returns whether valid JSON has an escape that is a lone surrogate. */
  public static boolean hasLoneSurrogate(byte[] source) {
    int at = 0;
    while (at < source.length) {
      if (source[at] != '\\') {
        at++;
        continue;
      }
      int unit = escapedUnit(source, at);
      if (unit < 0) {
        at += 2;
      } else if (!Character.isSurrogate((char) unit)) {
        at += SURROGATE_ESCAPE;
      } else if (Character.isHighSurrogate((char) unit)
          && isLowSurrogate(escapedUnit(source, at + SURROGATE_ESCAPE))) {
        at += 2 * SURROGATE_ESCAPE;
      } else {
        return true;
      }
    }
    return false;
  }

  private static boolean isLowSurrogate(int unit) {
    return unit >= 0 && Character.isLowSurrogate((char) unit);
  }

  /** The UTF-16 code unit of the escape with four digits at this index; -1 if there is none. */
  private static int escapedUnit(byte[] source, int at) {
    if (at + SURROGATE_ESCAPE > source.length || source[at] != '\\' || source[at + 1] != 'u') {
      return -1;
    }
    int unit = 0;
    for (int i = at + 2; i < at + SURROGATE_ESCAPE; i++) {
      int digit = Character.digit(source[i], 16);
      if (digit < 0) {
        return -1;
      }
      unit = unit << 4 | digit;
    }
    return unit;
  }

  /** The bytes themselves, not a copy: read only. */
  public byte[] bytes() {
    return bytes;
  }

  /** The value of a validated JSON string. */
  public static String string(byte[] source) {
    try (JsonParser parser = VALUES.createParser(source)) {
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
    int lineEnds = 0;
    for (int i = from; i < to; i++) {
      lineEnds += isLineEnd(data[i]) ? 1 : 0;
    }
    if (lineEnds == 0) {
      return to - from == data.length ? data : Arrays.copyOfRange(data, from, to);
    }
    byte[] out = new byte[to - from - lineEnds];
    int length = 0;
    for (int i = from; i < to; i++) {
      if (!isLineEnd(data[i])) {
        out[length++] = data[i];
      }
    }
    return out;
  }

  /** Strings cannot contain line ends, so every line end is between tokens. */
  private static boolean isLineEnd(byte one) {
    return one == '\n' || one == '\r';
  }

  private static boolean isSpace(byte one) {
    return one == ' ' || one == '\t' || isLineEnd(one);
  }

  @Override
  public String toString() {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
