package io.stentor.config;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;

/**
 * An address to listen on.
 *
 * @param host an address or a host name, IPv6 with or without brackets
 * @param port TCP port
 */
public record HostPort(String host, int port) {

  /**
   * Checks that this node can listen on this address now, and does not listen: a health check that
   * only connects would take the node for one that serves. A host name that cannot be resolved, and
   * port 0, pass.
   *
   * @param option the option that sets another port
   * @throws IllegalStateException if it cannot; the message says why
   */
  public void requireFree(String option) {
    InetSocketAddress address = new InetSocketAddress(host, port);
    if (address.isUnresolved()) {
      return;
    }
    try (Socket socket = new Socket()) {
      // As for a server: connections of an earlier process may still be closing.
      socket.setReuseAddress(true);
      socket.bind(address);
    } catch (IOException e) {
      throw cannotListen(e, option);
    }
  }

  /**
   * Creates the failure to listen on this address, which the system's messages do not name.
   *
   * @param option the option that sets another port
   */
  public IllegalStateException cannotListen(Throwable failure, String option) {
    String why = String.valueOf(failure.getMessage());
    String reason = why.substring(why.lastIndexOf(": ") + 1).strip();
    return new IllegalStateException(
        "cannot listen on " + this + ": " + reason + remedy(reason, option), failure);
  }

  private static String remedy(String reason, String option) {
    if (reason.contains("in use")) {
      return "; set another port with " + option;
    }
    return reason.contains("assign requested address")
        ? "; no network interface of this machine has this address"
        : "";
  }

  /** Returns {@code host:port}, with an IPv6 address in brackets. */
  @Override
  public String toString() {
    return (host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host) + ":" + port;
  }
}
