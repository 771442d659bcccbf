package io.stentor.http;

import io.netty.handler.codec.http.HttpResponseStatus;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;

/**
 * HTTP errors as {@code application/problem+json} (RFC 9457), each with one short sentence that
 * reveals no internals. Must be called on the event loop of the request.
 */
public final class Problem {
  /**
   * Content headers that an endpoint may have set before it failed, and that do not apply to the
   * error.
   */
  private static final List<CharSequence> HEADERS_OF_CONTENT =
      List.of(
          HttpHeaders.CONTENT_LENGTH,
          HttpHeaders.CONTENT_ENCODING,
          HttpHeaders.TRANSFER_ENCODING,
          HttpHeaders.ETAG,
          HttpHeaders.LAST_MODIFIED);

  private static final Map<ProblemType, LongAdder> ANSWERED = new EnumMap<>(ProblemType.class);

  static {
    for (ProblemType type : ProblemType.values()) {
      ANSWERED.put(type, new LongAdder());
    }
  }

  private Problem() {}

  /**
   * Returns the number of requests that this process has answered with this type of problem. Any
   * thread.
   */
  public static long answered(ProblemType type) {
    return Objects.requireNonNull(ANSWERED.get(type)).sum();
  }

  /** Counts a request that was refused in another format. Any thread. */
  static void count(ProblemType type) {
    Objects.requireNonNull(ANSWERED.get(type)).increment();
  }

  /** Answers a request with an error that has no further members. */
  public static void answer(HttpServerRequest request, ProblemType type, String detail) {
    answer(request, type, detail, new JsonObject());
  }

  /** Answers a request with an error that has further members, see the contract. */
  public static void answer(
      HttpServerRequest request, ProblemType type, String detail, JsonObject members) {
    answer(request, type, detail, members, Map.of());
  }

  /**
   * Answers a request with an error. If the response head was already sent, aborts the response, so
   * that the client does not take it for complete. No-op if the response has ended or is closed.
   *
   * @param detail what happened and what to do, in one sentence
   * @param members further members, see the contract
   * @param headers further headers
   */
  static void answer(
      HttpServerRequest request,
      ProblemType type,
      String detail,
      JsonObject members,
      Map<CharSequence, String> headers) {
    HttpServerResponse response = request.response();
    if (response.ended() || response.closed()) {
      return;
    }
    count(type);
    if (response.headWritten()) {
      response.reset();
      return;
    }
    HEADERS_OF_CONTENT.forEach(response.headers()::remove);
    SecurityHeaders.put(response);
    response
        .setStatusCode(type.status())
        .setStatusMessage(HttpResponseStatus.valueOf(type.status()).reasonPhrase())
        .putHeader(HttpHeaders.CONTENT_TYPE, "application/problem+json")
        .putHeader(HttpHeaders.CACHE_CONTROL, "no-store");
    headers.forEach((name, value) -> response.putHeader(name, value));
    Buffer body = members(type, detail).mergeIn(members).toBuffer();
    Responses.end(request, body);
    BodyDrain.discard(request);
  }

  /**
   * Answers with a temporary error.
   *
   * @param seconds value of {@code Retry-After}
   */
  public static void answerRetry(
      HttpServerRequest request, ProblemType type, String detail, int seconds) {
    Map<CharSequence, String> retry = Map.of(HttpHeaders.RETRY_AFTER, Integer.toString(seconds));
    answer(request, type, detail, new JsonObject(), retry);
  }

  /** The members of every problem, also used when a problem is one of several results in a body. */
  public static JsonObject members(ProblemType type, String detail) {
    return new JsonObject()
        .put("type", type.urn())
        .put("title", type.title())
        .put("status", type.status())
        .put("detail", detail);
  }

  /** Answers 405 with an {@code Allow} header of the allowed methods. */
  public static void methodNotAllowed(RoutingContext ctx, Collection<HttpMethod> allowed) {
    String names = allowed.stream().map(HttpMethod::name).collect(Collectors.joining(", "));
    String method = Printable.value(ctx.request().method().name());
    answer(
        ctx.request(),
        ProblemType.METHOD_NOT_ALLOWED,
        "The method " + method + " is not allowed here, only " + names + ".",
        new JsonObject(),
        Map.of(HttpHeaders.ALLOW, names));
  }

  /**
   * Creates a handler that answers 405. Must be mounted after the routes of an endpoint, on the
   * same path, so that it receives only the methods that no route handled.
   */
  public static Handler<RoutingContext> onlyAllows(Collection<HttpMethod> allowed) {
    List<HttpMethod> methods = List.copyOf(allowed);
    return ctx -> methodNotAllowed(ctx, methods);
  }
}
