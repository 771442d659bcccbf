package io.stentor.lifecycle;

import io.stentor.config.HostPort;
import io.stentor.config.HttpOptions;
import org.slf4j.Logger;

/**
 * Where a node is reached, for its log.
 *
 * @param http what is configured
 * @param port that is listened on
 */
public record ListenAddresses(HttpOptions http, int port) {

  /** Writes one line for each. */
  public void tell(Logger log) {
    String secure = http.tls().isOn() ? "s" : "";
    log.info(
        "pages:    http{}://{}/ (listening on {} port {})", secure, authority(), http.host(), port);
    log.info("lobby:    ws{}://{}/", secure, authority());
    log.info("any room: ws{}://{}/rooms/<name>", secure, authority());
    if (!http.unixSocket().isEmpty()) {
      log.info("socket:   {} (mode {})", http.unixSocket(), http.unixSocketMode());
    }
  }

  private String authority() {
    String host = http.host();
    boolean all = host.equals("0.0.0.0") || host.equals("::");
    return new HostPort(all ? "localhost" : host, port).toString();
  }
}
