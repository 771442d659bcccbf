package io.stentor.config;

import java.util.ArrayList;
import java.util.List;

/**
 * The listener for HTTP and WebSockets.
 *
 * @param host address to bind to
 * @param port TCP port; 0 picks a free one
 * @param publicUrl URL at which clients reach this node, as browsers write origins; empty if it is
 *     not known
 * @param webroot directory of static files; if it does not exist, the files in the jar are served
 * @param allowedOrigins origins that browsers may connect from, see {@link OriginPattern}; {@code
 *     *} matches any characters; empty allows all
 * @param unixSocket path of an additional Unix domain socket to listen on; empty for none
 * @param unixSocketMode file mode of that socket, as three octal digits
 * @param tls the certificate for https and wss
 */
public record HttpOptions(
    String host,
    int port,
    String publicUrl,
    String webroot,
    List<String> allowedOrigins,
    String unixSocket,
    String unixSocketMode,
    TlsOptions tls) {

  private static final String PUBLIC_URL =
      "a URL such as https://a.example.org or http://10.0.0.7:9898, without a path, in which hosts"
          + " of other scripts are written as xn--…; or empty";

  public HttpOptions {
    List<String> normalised = new ArrayList<>();
    for (int i = 0; i < allowedOrigins.size(); i++) {
      try {
        normalised.add(OriginPattern.normalised(allowedOrigins.get(i)));
      } catch (IllegalArgumentException e) {
        throw ConfigException.badValue(
            "allowedOrigins." + i, allowedOrigins.get(i), OriginPattern.ALLOWED);
      }
    }
    allowedOrigins = List.copyOf(normalised);
    publicUrl = url(publicUrl);
  }

  private static String url(String publicUrl) {
    try {
      return publicUrl.isEmpty() ? "" : OriginPattern.normalised(publicUrl.replaceFirst("/$", ""));
    } catch (IllegalArgumentException e) {
      throw ConfigException.badValue("publicUrl", publicUrl, PUBLIC_URL);
    }
  }

  /**
   * A certificate and its key; both empty for no TLS.
   *
   * @param certificateFile PEM file of the certificate, followed by the intermediate certificates
   * @param keyFile PEM file of its private key, without a password
   */
  public record TlsOptions(String certificateFile, String keyFile) {
    public TlsOptions {
      ConfigException.require(
          certificateFile.isEmpty() == keyFile.isEmpty(),
          "keyFile",
          keyFile,
          "set where certificateFile is, and only there");
    }

    /** Returns whether TLS is enabled. */
    public boolean isOn() {
      return !certificateFile.isEmpty();
    }
  }
}
