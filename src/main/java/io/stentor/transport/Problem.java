package io.stentor.transport;

import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Errors over HTTP: {@code application/problem+json} as RFC 9457 has it, one short sentence each,
 * nothing of the inside. Event loop of the request.
 */
public final class Problem {
  private static final Logger LOG = LoggerFactory.getLogger(Problem.class);

  /** What the router itself may refuse with: RFC 9110, section 15.5. */
  private static final List<Integer> REFUSALS = List.of(400, 404, 405, 406, 408, 413, 414, 415);

  private static final int INTERNAL = 500;

  /** Headers that an endpoint may have put before it failed, and that would be untrue now. */
  private static final List<CharSequence> OF_THE_OTHER_ANSWER =
      List.of(
          HttpHeaders.CONTENT_LENGTH,
          HttpHeaders.CONTENT_ENCODING,
          HttpHeaders.TRANSFER_ENCODING,
          HttpHeaders.ETAG,
          HttpHeaders.LAST_MODIFIED);

  private Problem() {}

  /**
   * Answers a request with an error. An answer that has begun cannot be changed any more: it is
   * cut, so that nobody takes it for whole.
   *
   * @param status 400 to 599
   * @param detail what happened and what to do, in one sentence
   */
  public static void answer(HttpServerRequest request, int status, String detail) {
    HttpServerResponse response = request.response();
    if (response.ended() || response.closed()) {
      return;
    }
    if (response.headWritten()) {
      response.reset();
      return;
    }
    JsonObject problem =
        new JsonObject()
            .put("type", "about:blank")
            .put("title", HttpResponseStatus.valueOf(status).reasonPhrase())
            .put("status", status)
            .put("detail", detail);
    OF_THE_OTHER_ANSWER.forEach(response.headers()::remove);
    SecurityHeaders.put(response);
    response
        .setStatusCode(status)
        .putHeader(HttpHeaders.CONTENT_TYPE, "application/problem+json")
        .putHeader(HttpHeaders.CACHE_CONTROL, "no-store");
    if (request.method().equals(HttpMethod.HEAD)) {
      response
          .putHeader(HttpHeaders.CONTENT_LENGTH, Integer.toString(problem.toBuffer().length()))
          .end();
    } else {
      response.end(problem.toBuffer());
    }
  }

  /** Answers 405 and names the methods that are allowed. */
  public static void methodNotAllowed(RoutingContext ctx, HttpMethod... allowed) {
    String names = Arrays.stream(allowed).map(HttpMethod::name).collect(Collectors.joining(", "));
    if (!ctx.response().headWritten()) {
      ctx.response().putHeader(HttpHeaders.ALLOW, names);
    }
    String method = ctx.request().method().name();
    answer(
        ctx.request(), 405, "The method " + method + " is not allowed here, only " + names + ".");
  }

  /**
   * A handler to mount behind an endpoint's routes, on the same path: answers 405 to the methods
   * that no route took.
   */
  public static Handler<RoutingContext> onlyAllows(HttpMethod... allowed) {
    return ctx -> methodNotAllowed(ctx, allowed);
  }

  /**
   * Makes every error of the router a problem: refusals, unknown paths, {@code fail} of handlers.
   */
  public static void mount(Router router) {
    for (int status : REFUSALS) {
      router.errorHandler(status, ctx -> answer(ctx.request(), status, detail(status)));
    }
    // A failure handler and no error handler: behind the latter, Vert.x ends a cut answer again.
    router.route().last().failureHandler(Problem::failed);
  }

  /** Answers what is not HTTP, or too long for it; for {@code HttpServer.invalidRequestHandler}. */
  public static void invalidRequest(HttpServerRequest request) {
    int status = 400;
    Throwable cause = request.decoderResult().cause();
    if (cause instanceof TooLongHttpLineException) {
      status = 414;
    } else if (cause instanceof TooLongHttpHeaderException) {
      status = 431;
    }
    answer(request, status, detail(status));
    request.connection().close();
  }

  private static void failed(RoutingContext ctx) {
    int status = ctx.statusCode() < 400 ? INTERNAL : ctx.statusCode();
    if (status >= INTERNAL) {
      HttpMethod method = ctx.request().method();
      LOG.warn("{} {} failed: {}", method, ctx.normalizedPath(), String.valueOf(ctx.failure()));
      LOG.debug("the failure", ctx.failure());
    }
    answer(ctx.request(), status, detail(status));
  }

  private static String detail(int status) {
    return switch (status) {
      case 400 -> "The request could not be understood.";
      case 404 -> "There is nothing at this path.";
      case 405 -> "The method is not allowed here.";
      case 406 -> "Nothing here has a form that the request accepts.";
      case 408 -> "The request took too long to arrive.";
      case 413 -> "The request's body is longer than is allowed here.";
      case 414 -> "The request's path is longer than is allowed.";
      case 415 -> "The request's body is of a kind that is not understood here.";
      case 431 -> "The request's headers are longer than is allowed.";
      case 503 -> "The server cannot take this request now; try again later.";
      default ->
          status < INTERNAL
              ? "The request was refused."
              : "The server failed at this request. It was logged; trying again may help.";
    };
  }
}
