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
 * Decides which origins may use the server (Fetch standard, CORS). The server uses no cookies, so a
 * page of another origin can do nothing that any other program could not. Any thread.
 */
public final class AllowedOrigins {

  /** Response headers exposed to pages of other origins, besides the CORS-safelisted ones. */
  private static final Set<String> EXPOSED = Set.of("Allow", "Location", "Retry-After");

  /** Lifetime of a preflight response in seconds; the maximum that Chromium allows. */
  private static final int MAX_AGE_SECONDS = 7200;

  /** Characters of a host and port that a wildcard may match. */
  private static final Pattern HOST_AND_PORT = Pattern.compile("[A-Za-z0-9._~:\\[\\]-]+");

  private static final Pattern ORIGIN = Pattern.compile("https?://([^/]+)");
  private static final Pattern USUAL_PORT = Pattern.compile(":(80|443)$");

  private final Supplier<List<String>> allowed;
  private final NodeUrls nodes;

  /**
   * Creates the check.
   *
   * @param allowed origin patterns as browsers write origins, where {@code *} matches any run of
   *     characters except {@code /}; empty allows all origins; evaluated on each request
   * @param nodes the other nodes, whose pages are allowed where those of this node are
   */
  public AllowedOrigins(Supplier<List<String>> allowed, NodeUrls nodes) {
    this.allowed = allowed;
    this.nodes = nodes;
  }

  /** Returns whether the origin of a request is allowed. */
  public boolean allow(HttpServerRequest request) {
    HostAndPort requestedHost = request.authority(); // HTTP/2 requests have no Host header.
    String origin = request.getHeader(HttpHeaders.ORIGIN);
    return allow(origin, requestedHost == null ? null : requestedHost.toString())
        || (origin != null
            && allowed.get().contains(OriginPattern.SELF)
            && nodes.isOther(request, origin));
  }

  /**
   * Returns whether an origin is allowed. A request without an origin does not come from a page and
   * is allowed.
   *
   * @param host the requested host, with its port if given; null if unknown
   */
  public boolean allow(@Nullable String origin, @Nullable String host) {
    List<String> now = allowed.get();
    return now.isEmpty()
        || origin == null
        || now.stream().anyMatch(one -> matchesPattern(one, origin, host));
  }

  private static boolean matchesPattern(String pattern, String origin, @Nullable String host) {
    return switch (pattern) {
      case OriginPattern.SELF -> host != null && isSelf(origin, host);
      case OriginPattern.FILE -> origin.equals(OriginPattern.NULL) || origin.startsWith(pattern);
      default -> matchesPattern(pattern, origin);
    };
  }

  /**
   * Compares the origin with the host that the browser requested. The scheme is ignored, because a
   * proxy that terminates TLS changes it.
   */
  private static boolean isSelf(String origin, String host) {
    Matcher form = ORIGIN.matcher(origin);
    return form.matches()
        && USUAL_PORT
            .matcher(host)
            .replaceFirst("")
            .equalsIgnoreCase(USUAL_PORT.matcher(form.group(1)).replaceFirst(""));
  }

  /**
   * Matches a pattern with wildcards. A wildcard matches a part of the host or the port, and never
   * extends into a path.
   */
  private static boolean matchesPattern(String pattern, String origin) {
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
   * Adds CORS headers to a response that is sent before {@link #handler} runs, so that the page can
   * read it. Does nothing if the origin is not allowed.
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
   * Creates a handler for one path that refuses origins that are not allowed, answers preflight
   * requests, and adds CORS headers to responses.
   *
   * @param methods the methods of the path
   * @param headers the request headers that the path accepts
   */
  Handler<RoutingContext> handler(Set<HttpMethod> methods, Set<String> headers) {
    // The origin is checked below. The origin lists of CorsHandler fail on schemes that they do not
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
