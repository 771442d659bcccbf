package io.stentor.transport;

import io.vertx.core.Handler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.CorsHandler;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which origins' pages may come (Fetch standard, CORS). No cookies are used here, so a page of
 * another origin can do nothing that a program could not. Immutable; any thread.
 */
final class AllowedOrigins {

  /** Answers' headers that pages of other origins may read besides the harmless ones. */
  private static final Set<String> EXPOSED = Set.of("Allow", "Location", "Retry-After");

  /** How long a browser may keep the answer to its question; Chromium's own limit. */
  private static final int MAX_AGE_SECONDS = 7200;

  private final List<String> allowed;

  /**
   * Origins.
   *
   * @param allowed as browsers write them; empty allows all
   */
  AllowedOrigins(List<String> allowed) {
    this.allowed = List.copyOf(allowed);
  }

  /** Whether a request of this origin is served; one without an origin is not from a page. */
  boolean allow(@Nullable String origin) {
    return allowed.isEmpty() || origin == null || allowed.contains(origin);
  }

  /**
   * A handler for one path: refuses other origins, answers a browser's question before a request,
   * and lets pages read the answers.
   *
   * @param methods of the path
   * @param headers of requests to it
   */
  Handler<RoutingContext> handler(Set<HttpMethod> methods, Set<String> headers) {
    // The origin is decided on below. The handler's own lists fail at schemes that it does not
    // know.
    CorsHandler cors =
        CorsHandler.create()
            .addOriginWithRegex("(?s).+")
            .allowedMethods(methods)
            .allowedHeaders(headers)
            .exposedHeaders(EXPOSED)
            .maxAgeSeconds(MAX_AGE_SECONDS);
    return ctx -> {
      String origin = ctx.request().getHeader(HttpHeaders.ORIGIN);
      if (allow(origin)) {
        cors.handle(ctx);
      } else {
        Problem.answer(
            ctx.request(),
            ProblemType.FORBIDDEN,
            "Pages of the origin " + Shown.value(String.valueOf(origin)) + " may not come here.");
      }
    };
  }
}
