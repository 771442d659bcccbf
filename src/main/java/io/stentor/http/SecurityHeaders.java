package io.stentor.http;

import io.vertx.core.http.HttpServerResponse;

/** The headers that tell a browser what a page from here may do, and what may be done with it. */
public final class SecurityHeaders {
  /**
   * Scripts, styles, pictures and connections of this origin and nothing else. {@code 'self'} in
   * {@code connect-src} includes the WebSocket of the same host and port (CSP level 3; Chromium
   * since 2018, Safari since 2022), so no address has to be taken from the request.
   */
  static final String CONTENT_SECURITY_POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
          + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  /** What the pages do not use is off, for whatever might run in them too. */
  static final String PERMISSIONS_POLICY =
      "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()";

  private SecurityHeaders() {}

  /** Puts them on an answer whose head was not sent yet. */
  public static void put(HttpServerResponse response) {
    response
        .putHeader("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        .putHeader("X-Content-Type-Options", "nosniff")
        .putHeader("Referrer-Policy", "no-referrer")
        .putHeader("Cross-Origin-Opener-Policy", "same-origin")
        .putHeader("Permissions-Policy", PERMISSIONS_POLICY);
  }
}
