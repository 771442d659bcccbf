package io.stentor.http.api;

import io.stentor.http.ProblemType;
import io.stentor.http.RequestRefused;
import io.stentor.message.Publication;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Parses idempotency keys, with which a publisher can retry a message. The header value is a quoted
 * string (RFC 9651, section 3.3.3), as in draft-ietf-httpapi-idempotency-key-header; an unquoted
 * value means the same.
 */
final class IdempotencyKey {

  static final String HEADER = "Idempotency-Key";

  private static final Pattern QUOTED = Pattern.compile("\"(?:[^\"\\\\]|\\\\[\"\\\\])*\"");

  private IdempotencyKey() {}

  /**
   * The key of a request; null if absent.
   *
   * @throws RequestRefused if the key is invalid
   */
  static @Nullable String of(HttpServerRequest request) {
    return of(request.headers().getAll(HEADER));
  }

  static @Nullable String of(List<String> values) {
    if (values.isEmpty()) {
      return null;
    }
    if (values.size() > 1) {
      throw RequestRefused.of(
          ProblemType.BAD_REQUEST, "There is more than one " + HEADER + " header.");
    }
    String value = values.get(0).strip();
    if (!value.startsWith("\"")) {
      return checked(value);
    }
    if (!QUOTED.matcher(value).matches()) {
      throw invalidKey();
    }
    return checked(value.substring(1, value.length() - 1).replaceAll("\\\\(.)", "$1"));
  }

  /**
   * Validates a key.
   *
   * @throws RequestRefused if it is empty, too long, or contains characters other than visible
   *     ASCII
   */
  static String checked(String key) {
    try {
      return Publication.checkedKey(key);
    } catch (IllegalArgumentException e) {
      throw invalidKey();
    }
  }

  private static RequestRefused invalidKey() {
    return RequestRefused.of(
        ProblemType.BAD_REQUEST,
        "An idempotency key has 1 to 255 visible ASCII characters, with or without quotes around"
            + " it.");
  }
}
