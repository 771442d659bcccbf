package io.stentor.admission;

import io.stentor.config.Networks;
import io.vertx.core.http.HttpServerRequest;
import java.net.InetAddress;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Reads the client's address from what a trusted proxy reports. Proxies add to the right, so the
 * rightmost address that is no trusted proxy is the client; what is left of it the client may have
 * written itself.
 */
final class ClientAddress {
  private static final String FOR = "for=";

  private ClientAddress() {}

  /** The client of a request that a trusted proxy has sent; null if it names none. */
  static @Nullable InetAddress of(HttpServerRequest request, Limits limits) {
    String header = limits.options().clientAddressHeader();
    List<String> lines = request.headers().getAll(header);
    return lines.isEmpty()
        ? null
        : rightmost(String.join(",", lines), header.equals("Forwarded"), limits);
  }

  /** The rightmost untrusted address of a list; null if there is none or it is malformed. */
  static @Nullable InetAddress rightmost(String list, boolean forwarded, Limits limits) {
    String[] hops = list.split(",", -1);
    for (int i = hops.length - 1; i >= 0; i--) {
      String node = forwarded ? node(hops[i]) : hops[i].strip();
      InetAddress address = Networks.address(withoutPort(node));
      if (address == null || !limits.isTrusted(address)) {
        return address;
      }
    }
    return null;
  }

  /** The value of {@code for} in one element of {@code Forwarded} (RFC 7239, section 4). */
  private static String node(String element) {
    for (String pair : element.split(";", -1)) {
      String trimmed = pair.strip();
      if (trimmed.toLowerCase(Locale.ROOT).startsWith(FOR)) {
        return trimmed.substring(FOR.length()).replace("\"", "");
      }
    }
    return "";
  }

  private static String withoutPort(String node) {
    if (node.startsWith("[")) {
      int end = node.indexOf(']');
      return end < 0 ? node : node.substring(1, end);
    }
    int colon = node.indexOf(':');
    // Several colons are an address of IPv6 without brackets.
    return colon >= 0 && node.indexOf(':', colon + 1) < 0 ? node.substring(0, colon) : node;
  }
}
