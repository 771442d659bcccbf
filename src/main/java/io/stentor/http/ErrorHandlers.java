package io.stentor.http;

import static io.vertx.core.internal.ContextInternal.LOCAL_MAP;

import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.Context;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.internal.http.HttpServerRequestInternal;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The error handlers of a server and its router: every failure and every request that cannot be
 * handled is answered with a {@link Problem}. Event loop of the request.
 */
public final class ErrorHandlers {
  private static final Logger LOG = LoggerFactory.getLogger(ErrorHandlers.class);

  /** What the router itself may refuse with: RFC 9110, section 15.5. */
  private static final List<Integer> REFUSALS = List.of(400, 404, 405, 406, 408, 413, 414, 415);

  private static final int INTERNAL = 500;

  /** Where a request's context keeps the request. */
  private static final String REQUEST = "stentor.request";

  private ErrorHandlers() {}

  /**
   * Makes every error of the router a problem: refusals, unknown paths, {@code fail} of handlers.
   */
  public static void mount(Router router) {
    for (int status : REFUSALS) {
      router.errorHandler(
          status, ctx -> Problem.answer(ctx.request(), typeOf(status), detail(status)));
    }
    // A failure handler and no error handler: behind the latter, Vert.x ends a cut answer again.
    router.route().last().failureHandler(ErrorHandlers::failed);
  }

  /** Answers what is not HTTP, or too long for it; for {@code HttpServer.invalidRequestHandler}. */
  public static void invalidRequest(HttpServerRequest request) {
    Throwable cause = request.decoderResult().cause();
    if (cause instanceof RequestRefused refusal) {
      refusal.answer(request);
    } else if (cause instanceof TooLongHttpLineException) {
      Problem.answer(request, typeOf(414), detail(414));
    } else if (cause instanceof TooLongHttpHeaderException) {
      Problem.answer(request, typeOf(431), detail(431));
    } else {
      Problem.answer(request, typeOf(400), detail(400));
    }
    request.connection().close();
  }

  /**
   * Hands requests on. Where the handler throws, or something that it has begun throws later on the
   * request's context, the request is answered. The latter needs {@link #thrown}.
   */
  public static Handler<HttpServerRequest> answering(Handler<HttpServerRequest> handler) {
    return request -> {
      Context context = ((HttpServerRequestInternal) request).context();
      LOCAL_MAP.get(context, ConcurrentHashMap::new).put(REQUEST, request);
      try {
        handler.handle(request);
      } catch (RuntimeException failure) {
        RequestRefused.answer(request, failure);
      }
    };
  }

  /** Answers the request in whose handling something was thrown; for the exception handler. */
  public static void thrown(Throwable failure) {
    Context current = Vertx.currentContext();
    Map<Object, Object> local = current == null ? null : LOCAL_MAP.get(current);
    Object request = local == null ? null : local.get(REQUEST);
    if (request instanceof HttpServerRequest underway) {
      RequestRefused.answer(underway, failure);
    } else {
      LOG.error("unexpected failure", failure);
    }
  }

  private static void failed(RoutingContext ctx) {
    int status = ctx.statusCode() < 400 ? INTERNAL : ctx.statusCode();
    if (status >= INTERNAL) {
      HttpMethod method = ctx.request().method();
      LOG.warn("{} {} failed: {}", method, ctx.normalizedPath(), String.valueOf(ctx.failure()));
      LOG.debug("the failure", ctx.failure());
    }
    Problem.answer(ctx.request(), typeOf(status), detail(status));
  }

  private static ProblemType typeOf(int status) {
    ProblemType type = ProblemType.ofStatus(status);
    if (type != null) {
      return type;
    }
    return status < INTERNAL ? ProblemType.BAD_REQUEST : ProblemType.INTERNAL;
  }

  private static String detail(int status) {
    return switch (status) {
      case 400 -> "The request is not HTTP, or its path or query cannot be decoded.";
      case 403 -> "The request is not allowed.";
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
