package io.stentor.config;

/**
 * An address to listen on.
 *
 * @param host an address or a host name, IPv6 with or without brackets
 * @param port TCP port
 */
public record HostPort(String host, int port) {

  /**
   * Creates the failure to listen on this address, which the system's messages do not name.
   *
   * @param option the option that sets another port
   */
  public IllegalStateException cannotListen(Throwable failure, String option) {
    String why = String.valueOf(failure.getMessage());
    String reason = why.substring(why.lastIndexOf(": ") + 1).strip();
    String remedy = reason.contains("in use") ? "; set another port with " + option : "";
    return new IllegalStateException("cannot listen on " + this + ": " + reason + remedy, failure);
  }

  /** Returns {@code host:port}, with an IPv6 address in brackets. */
  @Override
  public String toString() {
    return (host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host) + ":" + port;
  }
}
