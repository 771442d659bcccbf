package io.stentor.http.api;

import io.stentor.http.ProblemType;
import io.stentor.http.RequestRefused;
import io.stentor.message.Position;
import io.vertx.core.MultiMap;
import org.jspecify.annotations.Nullable;

/**
 * What {@code GET /rooms/{room}/messages} is asked for.
 *
 * @param since everything after this position; null for the newest messages
 * @param limit most messages, 1 to {@value #MAX_LIMIT}
 * @param waitSeconds how long to wait for a message where there is none; 0 answers at once
 * @param strict whether a position that cannot be recovered is refused
 */
record MessagesQuery(@Nullable Position since, int limit, int waitSeconds, boolean strict) {

  static final int MAX_LIMIT = 1000;
  static final int DEFAULT_LIMIT = 100;

  /**
   * Reads the query's parameters.
   *
   * @throws RequestRefused with one sentence that says which is wrong and what is allowed
   */
  static MessagesQuery of(MultiMap params) {
    return new MessagesQuery(
        since(params.get("since")),
        number(params, "limit", 1, MAX_LIMIT, DEFAULT_LIMIT),
        number(params, "wait", 1, LongPolls.MAX_SECONDS, 0),
        flag(params, "strict"));
  }

  private static @Nullable Position since(@Nullable String text) {
    try {
      return text == null ? null : Position.parse(text);
    } catch (IllegalArgumentException e) {
      throw RequestRefused.of(ProblemType.INVALID_POSITION, "since: " + e.getMessage());
    }
  }

  /** A number within bounds, or {@code otherwise} where the parameter is not given. */
  static int number(MultiMap params, String name, int least, int most, int otherwise) {
    String text = params.get(name);
    if (text == null) {
      return otherwise;
    }
    if (text.matches("[0-9]{1,9}")) {
      int number = Integer.parseInt(text);
      if (number >= least && number <= most) {
        return number;
      }
    }
    throw RequestRefused.of(
        ProblemType.BAD_REQUEST, name + " is a number from " + least + " to " + most + ".");
  }

  private static boolean flag(MultiMap params, String name) {
    String text = params.get(name);
    if (text == null || text.equals("false")) {
      return false;
    }
    if (text.equals("true")) {
      return true;
    }
    throw RequestRefused.of(ProblemType.BAD_REQUEST, name + " is true or false.");
  }
}
