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
 * The error handlers of a server and its router. Every failure and every request that cannot be
 * handled is answered with a {@link Problem}. Must be called on the event loop of the request.
 */
public final class ErrorHandlers {
  private static final Logger LOG = LoggerFactory.getLogger(ErrorHandlers.class);

  /** Status codes with which the router itself may refuse a request (RFC 9110, section 15.5). */
  private static final List<Integer> REFUSALS = List.of(400, 404, 405, 406, 408, 413, 414, 415);

  private static final int INTERNAL = 500;

  /** Key of the current request in its Vert.x context. */
  private static final String REQUEST = "stentor.request";

  private ErrorHandlers() {}

  /**
   * Answers every error of the router with a problem: refusals, unknown paths and calls of {@code
   * fail}.
   */
  public static void mount(Router router) {
    for (int status : REFUSALS) {
      router.errorHandler(
          status, ctx -> Problem.answer(ctx.request(), typeOf(status), detail(status)));
    }
    // Must be a failure handler, not an error handler: after an error handler, Vert.x ends an
    // aborted response again.
    router.route().last().failureHandler(ErrorHandlers::failed);
  }

  /**
   * Answers malformed or oversized HTTP requests, for {@code HttpServer.invalidRequestHandler}.
   * Closes the connection.
   */
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
   * Wraps a handler so that the request is answered if the handler throws, or if something that it
   * started throws later on the context of the request. The latter requires {@link #thrown}.
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

  /**
   * Answers the request whose handling threw an exception. Set as the exception handler. Logs the
   * failure if there is no current request.
   */
  public static void thrown(Throwable failure) {
    Context current = Vertx.currentContext();
    Map<Object, Object> local = current == null ? null : LOCAL_MAP.get(current);
    Object request = local == null ? null : local.get(REQUEST);
    if (request instanceof HttpServerRequest failedRequest) {
      RequestRefused.answer(failedRequest, failure);
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
