package io.stentor.http.api;

import io.stentor.http.ProblemType;
import io.stentor.http.RequestRefused;
import io.stentor.message.Publication;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a publisher calls a message, so that it may send it again. The header's value is a string in
 * quotes (RFC 9651, section 3.3.3), as draft-ietf-httpapi-idempotency-key-header has it; without
 * quotes it means the same.
 */
final class IdempotencyKey {

  static final String HEADER = "Idempotency-Key";

  private static final Pattern QUOTED = Pattern.compile("\"(?:[^\"\\\\]|\\\\[\"\\\\])*\"");

  private IdempotencyKey() {}

  /**
   * The key of a request; null where it has none.
   *
   * @throws RequestRefused where it is no key
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
      throw wrong();
    }
    return checked(value.substring(1, value.length() - 1).replaceAll("\\\\(.)", "$1"));
  }

  /**
   * The key itself.
   *
   * @throws RequestRefused where it is too long, empty or has characters that cannot be seen
   */
  static String checked(String key) {
    try {
      return Publication.checkedKey(key);
    } catch (IllegalArgumentException e) {
      throw wrong();
    }
  }

  private static RequestRefused wrong() {
    return RequestRefused.of(
        ProblemType.BAD_REQUEST,
        "An idempotency key has 1 to 255 visible ASCII characters, with or without quotes around"
            + " it.");
  }
}
