package io.stentor.http;

import io.stentor.message.CloseReason;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Answers a request for an event stream that cannot be served now. An {@code EventSource} never
 * reconnects after a status other than 200. It therefore gets a stream that ends immediately: the
 * reason as a comment, {@code retry:}, and the event that ends every stream of this path. Must be
 * called on the event loop of the request.
 */
public final class EventStreamRefusal {

  /** Prevents compression by proxies, which would delay events. */
  public static final String CACHE_CONTROL = "no-store, no-transform";

  private static final String EVENT_STREAM = "text/event-stream";

  /** Sent when the client, or all clients together, exceed a limit of a healthy node. */
  private static final CloseReason TOO_MANY = new CloseReason(3013, "too many requests");

  private static final CloseReason UNAVAILABLE = new CloseReason(3004, "temporarily unavailable");

  /** Minimum time over which the reconnections of refused clients are spread. */
  private static final int MIN_SPREAD_MILLIS = 1000;

  private EventStreamRefusal() {}

  /** Returns whether a request is a {@code GET} of the path of an event stream. */
  public static boolean isAsked(HttpServerRequest request) {
    String path = request.path();
    return request.method().equals(HttpMethod.GET)
        && path != null
        && (isCentrifuge(path) || (path.startsWith("/rooms/") && path.endsWith("/events")));
  }

  /**
   * Like {@link #isAsked}, and the {@code Accept} header contains the event stream type, as the
   * standard requires.
   */
  static boolean isExpected(HttpServerRequest request) {
    if (!isAsked(request)) {
      return false;
    }
    String accept = request.getHeader(HttpHeaders.ACCEPT);
    return accept != null && accept.toLowerCase(Locale.ROOT).contains(EVENT_STREAM);
  }

  /** The data of the {@code close} event. */
  public static JsonObject closeData(CloseReason reason) {
    return new JsonObject().put("code", reason.code()).put("reason", reason.reason());
  }

  private static boolean isCentrifuge(String path) {
    return path.equals("/connection/sse") || isUnidirectional(path);
  }

  private static boolean isUnidirectional(String path) {
    return path.equals("/connection/uni_sse");
  }

  /**
   * Answers with an event stream in place of a temporary problem.
   *
   * @param retryAfterSeconds minimum reconnection delay
   */
  public static void answer(
      HttpServerRequest request, ProblemType type, String detail, int retryAfterSeconds) {
    CloseReason reason = type == ProblemType.TOO_MANY_REQUESTS ? TOO_MANY : UNAVAILABLE;
    int minMillis = 1000 * retryAfterSeconds;
    int spread = Math.max(MIN_SPREAD_MILLIS, minMillis);
    answer(request, type, reason, detail, minMillis + ThreadLocalRandom.current().nextInt(spread));
  }

  /**
   * Answers a request and counts it as a problem of this type.
   *
   * @param detail one human-readable sentence, without line breaks
   */
  public static void answer(
      HttpServerRequest request,
      ProblemType type,
      CloseReason reason,
      String detail,
      int retryMillis) {
    String retry = "\nretry: " + retryMillis + "\n";
    String body = ": " + detail + retry + closeEvent(String.valueOf(request.path()), reason);
    Responses.send(
        request.response(),
        open -> {
          Problem.count(type);
          SecurityHeaders.put(open);
          open.putHeader(HttpHeaders.CONTENT_TYPE, EVENT_STREAM)
              .putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE)
              .putHeader(HttpHeaders.CACHE_CONTROL, CACHE_CONTROL)
              .end(body);
        });
  }

  private static String closeEvent(String path, CloseReason reason) {
    JsonObject why = closeData(reason);
    if (!isCentrifuge(path)) {
      return "event: close\ndata: " + why + "\n\n";
    }
    JsonObject push = new JsonObject().put("disconnect", why);
    return "data: " + (isUnidirectional(path) ? push : new JsonObject().put("push", push)) + "\n\n";
  }
}
