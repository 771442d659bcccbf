package io.stentor.http;

import io.stentor.message.CloseReason;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Answers a request for an event stream that cannot be served now. An {@code EventSource} gives up
 * for good at any status but 200, so it gets a stream that ends at once: the reason as a comment,
 * {@code retry:}, and the event that ends every stream of its path. Event loop of the request.
 */
public final class EventStreamRefusal {

  /** Compression by a proxy would hold events back. */
  public static final String CACHE_CONTROL = "no-store, no-transform";

  private static final String EVENT_STREAM = "text/event-stream";

  /** The node is healthy but this client, or all of them, use too much of it. */
  private static final CloseReason TOO_MANY = new CloseReason(3013, "too many requests");

  private static final CloseReason UNAVAILABLE = new CloseReason(3004, "temporarily unavailable");

  /** Clients that are refused together come back spread over this time at least. */
  private static final int LEAST_SPREAD_MILLIS = 1000;

  private EventStreamRefusal() {}

  /** Whether a request is for an event stream, as an {@code EventSource} asks for one. */
  public static boolean isAsked(HttpServerRequest request) {
    String path = request.path();
    return request.method().equals(HttpMethod.GET)
        && path != null
        && (isCentrifuge(path) || (path.startsWith("/rooms/") && path.endsWith("/events")));
  }

  /** The same, where the request also names the type in {@code Accept}, as the standard demands. */
  static boolean isExpected(HttpServerRequest request) {
    if (!isAsked(request)) {
      return false;
    }
    String accept = request.getHeader(HttpHeaders.ACCEPT);
    return accept != null && accept.toLowerCase(Locale.ROOT).contains(EVENT_STREAM);
  }

  /** The data of the event {@code close}. */
  public static JsonObject closeData(CloseReason reason) {
    return new JsonObject().put("code", reason.code()).put("reason", reason.reason());
  }

  private static boolean isCentrifuge(String path) {
    return path.equals("/connection/sse") || isBare(path);
  }

  private static boolean isBare(String path) {
    return path.equals("/connection/uni_sse");
  }

  /**
   * Answers instead of a problem that is temporary.
   *
   * @param retryAfterSeconds when to come again at the earliest
   */
  public static void answer(
      HttpServerRequest request, ProblemType type, String detail, int retryAfterSeconds) {
    CloseReason reason = type == ProblemType.TOO_MANY_REQUESTS ? TOO_MANY : UNAVAILABLE;
    int least = 1000 * retryAfterSeconds;
    int spread = Math.max(LEAST_SPREAD_MILLIS, least);
    answer(request, type, reason, detail, least + ThreadLocalRandom.current().nextInt(spread));
  }

  /**
   * Answers a request, counted as a problem of this type.
   *
   * @param detail one sentence for people, without line ends
   */
  public static void answer(
      HttpServerRequest request,
      ProblemType type,
      CloseReason reason,
      String detail,
      int retryMillis) {
    if (request.response().ended() || request.response().closed()) {
      return;
    }
    Problem.count(type);
    SecurityHeaders.put(request.response());
    request
        .response()
        .putHeader(HttpHeaders.CONTENT_TYPE, EVENT_STREAM)
        .putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE)
        .putHeader(HttpHeaders.CACHE_CONTROL, CACHE_CONTROL)
        .end(
            ": "
                + detail
                + "\nretry: "
                + retryMillis
                + "\n"
                + last(String.valueOf(request.path()), reason));
  }

  private static String last(String path, CloseReason reason) {
    JsonObject why = closeData(reason);
    if (!isCentrifuge(path)) {
      return "event: close\ndata: " + why + "\n\n";
    }
    JsonObject push = new JsonObject().put("disconnect", why);
    return "data: " + (isBare(path) ? push : new JsonObject().put("push", push)) + "\n\n";
  }
}
