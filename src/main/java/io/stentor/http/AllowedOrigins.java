package io.stentor.http;

import io.stentor.config.OriginPattern;
import io.stentor.config.RoomRules;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.CorsHandler;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which origins' pages may come (Fetch standard, CORS). No cookies are used here, so a page of
 * another origin can do nothing that a program could not. Any thread.
 */
public final class AllowedOrigins {

  /** Answers' headers that pages of other origins may read besides the harmless ones. */
  private static final Set<String> EXPOSED = Set.of("Allow", "Location", "Retry-After");

  /** How long a browser may keep the answer to its question; Chromium's own limit. */
  private static final int MAX_AGE_SECONDS = 7200;

  /** What a star may stand for some of. */
  private static final Pattern HOST_AND_PORT = Pattern.compile("[A-Za-z0-9._~:\\[\\]-]+");

  private static final Pattern ORIGIN = Pattern.compile("https?://([^/]+)");
  private static final Pattern USUAL_PORT = Pattern.compile(":(80|443)$");

  private final Supplier<List<String>> allowed;

  /**
   * Origins.
   *
   * @param allowed as browsers write them, {@code *} for any run of characters but {@code /}; empty
   *     allows all; asked for at each request
   */
  public AllowedOrigins(Supplier<List<String>> allowed) {
    this.allowed = allowed;
  }

  /** Whether a request is served, by where its page came from. */
  public boolean allow(HttpServerRequest request) {
    HostAndPort called = request.authority(); // Over HTTP/2 there is no header Host.
    return allow(request.getHeader(HttpHeaders.ORIGIN), called == null ? null : called.toString());
  }

  /**
   * Whether a request of this origin is served; one without an origin is not from a page.
   *
   * @param host the host that was called, and its port if it was named; null where none was
   */
  public boolean allow(@Nullable String origin, @Nullable String host) {
    List<String> now = allowed.get();
    return now.isEmpty() || origin == null || now.stream().anyMatch(one -> fits(one, origin, host));
  }

  private static boolean fits(String pattern, String origin, @Nullable String host) {
    return switch (pattern) {
      case OriginPattern.SELF -> host != null && isSelf(origin, host);
      case OriginPattern.FILE -> origin.equals(OriginPattern.NULL) || origin.startsWith(pattern);
      default -> fits(pattern, origin);
    };
  }

  /** By the name that the browser has called; a proxy that ends TLS changes the scheme only. */
  private static boolean isSelf(String origin, String host) {
    Matcher form = ORIGIN.matcher(origin);
    return form.matches()
        && USUAL_PORT
            .matcher(host)
            .replaceFirst("")
            .equalsIgnoreCase(USUAL_PORT.matcher(form.group(1)).replaceFirst(""));
  }

  /** A star stands for a part of the host, or of the port, and never reaches into a path. */
  private static boolean fits(String pattern, String origin) {
    if (pattern.equals(origin)) {
      return true;
    }
    int authority = pattern.indexOf("://") + "://".length();
    return pattern.indexOf('*') >= 0
        && origin.startsWith(pattern.substring(0, authority))
        && HOST_AND_PORT.matcher(origin.substring(authority)).matches()
        && RoomRules.matches(pattern, origin);
  }

  /**
   * Lets the request's page read an answer that comes before {@link #handler}. Only where its
   * origin is allowed.
   */
  public void letRead(HttpServerRequest request) {
    String origin = request.getHeader(HttpHeaders.ORIGIN);
    if (origin != null && allow(request)) {
      request
          .response()
          .putHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN, origin)
          .putHeader(HttpHeaders.VARY, HttpHeaders.ORIGIN);
    }
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
      if (allow(ctx.request())) {
        cors.handle(ctx);
      } else {
        Problem.answer(
            ctx.request(),
            ProblemType.FORBIDDEN,
            "Pages of the origin "
                + Printable.value(String.valueOf(origin))
                + " may not come here.");
      }
    };
  }
}
