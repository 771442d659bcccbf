package io.stentor.http;

import io.vertx.core.http.HttpServerResponse;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The security headers of every response. They restrict what pages of this server may do, and how
 * other pages may use them.
 */
public final class SecurityHeaders {
  /** The header with the policy of a document. */
  public static final String POLICY = "Content-Security-Policy";

  /**
   * Allows scripts, styles, images and connections of this origin only. {@code 'self'} in {@code
   * connect-src} includes the WebSocket of the same host and port (CSP level 3; Chromium since
   * 2018, Safari since 2022), so no host has to be taken from the request. The frame is that of
   * {@link #framePolicy}.
   */
  static final String CONTENT_SECURITY_POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src"
          + " 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors"
          + " 'none'";

  /** Disables the browser features that the pages do not use, also for injected scripts. */
  static final String PERMISSIONS_POLICY =
      "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()";

  private SecurityHeaders() {}

  /**
   * Returns the policy of a document in a frame of our pages, which allows nothing but connections
   * to these nodes.
   *
   * @param urls of nodes, without paths
   */
  public static String framePolicy(List<String> urls) {
    String sources =
        urls.stream()
            .map(url -> " " + url + " " + url.replaceFirst("^http", "ws"))
            .collect(Collectors.joining());
    return "default-src 'none'; connect-src 'self'"
        + sources
        + "; base-uri 'none'; form-action 'none'; frame-ancestors 'self'";
  }

  /** Adds the headers to a response whose head has not been sent. */
  public static void put(HttpServerResponse response) {
    response
        .putHeader(POLICY, CONTENT_SECURITY_POLICY)
        .putHeader("X-Content-Type-Options", "nosniff")
        .putHeader("Referrer-Policy", "no-referrer")
        .putHeader("Cross-Origin-Opener-Policy", "same-origin")
        .putHeader("Permissions-Policy", PERMISSIONS_POLICY);
  }
}
