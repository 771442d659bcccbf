package io.stentor.http;

import io.stentor.message.Publication.Kind;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Maps the {@code Content-Type} of a message to its kind. */
public final class MediaType {
  private static final String TEXT = "text/plain";

  private MediaType() {}

  /**
   * Returns text for {@code text/plain} and JSON for {@code application/json}, both in UTF-8, and
   * binary for {@code application/octet-stream}.
   *
   * @throws RequestRefused for any other type or character set, and if the header is missing
   */
  public static Kind of(@Nullable String contentType) {
    if (TEXT.equals(contentType)) {
      return Kind.TEXT;
    }
    String[] parts = (contentType == null ? "" : contentType).split(";", -1);
    for (int i = 1; i < parts.length; i++) {
      requireUtf8(parts[i].strip());
    }
    return switch (parts[0].strip().toLowerCase(Locale.ROOT)) {
      case TEXT -> Kind.TEXT;
      case "application/json" -> Kind.JSON;
      case "application/octet-stream" -> Kind.BINARY;
      default ->
          throw RequestRefused.of(
              ProblemType.UNSUPPORTED_MEDIA_TYPE,
              "The header Content-Type has to be text/plain, application/json or"
                  + " application/octet-stream.");
    };
  }

  private static void requireUtf8(String parameter) {
    String[] pair = parameter.split("=", 2);
    if (pair.length == 2 && pair[0].strip().equalsIgnoreCase("charset")) {
      String charset = pair[1].strip().replace("\"", "");
      if (!charset.equalsIgnoreCase("utf-8") && !charset.equalsIgnoreCase("utf8")) {
        throw RequestRefused.of(
            ProblemType.UNSUPPORTED_MEDIA_TYPE, "Only the character set UTF-8 is taken here.");
      }
    }
  }
}
