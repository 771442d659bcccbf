package io.stentor.http.api;

import io.stentor.http.PlainClient;
import io.stentor.http.ProblemType;
import io.stentor.http.RequestRefused;
import io.stentor.message.Position;
import io.stentor.message.TagFilter;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServerRequest;
import org.jspecify.annotations.Nullable;

/**
 * The query of {@code GET /rooms/{room}/messages}.
 *
 * @param since the position after which to read; null for the newest messages
 * @param limit maximum number of messages, 1 to {@value #MAX_LIMIT}
 * @param waitSeconds how long to wait for a message if there is none; 0 to answer immediately
 * @param strict whether a position that cannot be recovered is refused
 * @param filter which messages to read; null for all
 */
record MessagesQuery(
    @Nullable Position since,
    int limit,
    int waitSeconds,
    boolean strict,
    @Nullable TagFilter filter) {

  static final int MAX_LIMIT = 1000;
  static final int DEFAULT_LIMIT = 100;

  /**
   * Parses the query parameters.
   *
   * @throws RequestRefused if one is invalid, with one sentence that names it and what is allowed
   */
  static MessagesQuery of(HttpServerRequest request) {
    TagFilter filter = PlainClient.filter(request);
    MultiMap params = request.params();
    return new MessagesQuery(
        since(params.get("since")),
        number(params, "limit", 1, MAX_LIMIT, DEFAULT_LIMIT),
        number(params, "wait", 1, LongPolls.MAX_SECONDS, 0),
        flag(params, "strict"),
        filter);
  }

  /** Returns how many messages of the log to look at. */
  int readLimit() {
    return filter == null ? limit : MAX_LIMIT;
  }

  private static @Nullable Position since(@Nullable String text) {
    try {
      return text == null ? null : Position.parse(text);
    } catch (IllegalArgumentException e) {
      throw RequestRefused.of(ProblemType.INVALID_POSITION, "since: " + e.getMessage());
    }
  }

  /** Parses a number within bounds; {@code defaultValue} if the parameter is absent. */
  static int number(MultiMap params, String name, int min, int max, int defaultValue) {
    String text = params.get(name);
    if (text == null) {
      return defaultValue;
    }
    if (text.matches("[0-9]{1,9}")) {
      int number = Integer.parseInt(text);
      if (number >= min && number <= max) {
        return number;
      }
    }
    throw RequestRefused.of(
        ProblemType.BAD_REQUEST, name + " is a number from " + min + " to " + max + ".");
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
