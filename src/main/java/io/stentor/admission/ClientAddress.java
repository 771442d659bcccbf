package io.stentor.admission;

import io.stentor.config.Networks;
import io.vertx.core.http.HttpServerRequest;
import java.net.InetAddress;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Reads the client's address from a header of a trusted proxy. Proxies append on the right, so the
 * rightmost address that is not a trusted proxy is the client's. Anything to the left of it may be
 * forged.
 */
final class ClientAddress {
  private static final String FOR = "for=";

  private ClientAddress() {}

  /**
   * Returns the client of a request that a trusted proxy has sent; null if the header names none.
   */
  static @Nullable InetAddress of(HttpServerRequest request, Limits limits) {
    String header = limits.options().clientAddressHeader();
    List<String> lines = request.headers().getAll(header);
    return lines.isEmpty()
        ? null
        : rightmost(String.join(",", lines), header.equals("Forwarded"), limits);
  }

  /**
   * Returns the rightmost untrusted address of a list; null if there is none or it is malformed.
   */
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

  /** Returns the value of {@code for} in one element of {@code Forwarded} (RFC 7239, section 4). */
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
    // Several colons mean an IPv6 address without brackets.
    return colon >= 0 && node.indexOf(':', colon + 1) < 0 ? node.substring(0, colon) : node;
  }
}
