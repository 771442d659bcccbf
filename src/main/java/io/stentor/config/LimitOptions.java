package io.stentor.config;

import java.util.List;

/**
 * Limits on clients. 0 means no limit, except for {@code headerBytes}.
 *
 * @param dryRun whether limits on numbers and rates are only counted and logged
 * @param trustedProxies addresses and networks of proxies that are trusted to report the client's
 *     address
 * @param clientAddressHeader the header in which they report it: {@code X-Forwarded-For} or {@code
 *     Forwarded}
 * @param connections connections of the node
 * @param connectionsPerAddress connections of one IPv4 address or the first 64 bits of an IPv6
 *     address
 * @param connectionsPerSecond new connections of the node
 * @param connectionsPerSecondPerAddress new connections of one address
 * @param rooms rooms with at least one connection on this node
 * @param roomsPerConnection rooms of one connection of the Centrifuge protocol
 * @param filtersPerRoom different filters of the connections in one room on this node
 * @param messagesPerSecondPerConnection frames of one WebSocket, or commands of one client of the
 *     Centrifuge protocol
 * @param messagesPerSecondPerAddress frames and HTTP requests of one address
 * @param headerBytes size of a request's first line, and of its headers
 * @param handshakeSeconds time for the head of a request to arrive
 * @param bodySeconds time for a body to arrive
 * @param idleSeconds time that a connection may be without a request
 */
public record LimitOptions(
    boolean dryRun,
    List<String> trustedProxies,
    String clientAddressHeader,
    int connections,
    int connectionsPerAddress,
    int connectionsPerSecond,
    int connectionsPerSecondPerAddress,
    int rooms,
    int roomsPerConnection,
    int filtersPerRoom,
    int messagesPerSecondPerConnection,
    int messagesPerSecondPerAddress,
    int headerBytes,
    int handshakeSeconds,
    int bodySeconds,
    int idleSeconds) {
  public LimitOptions {
    trustedProxies = List.copyOf(trustedProxies);
    for (int i = 0; i < trustedProxies.size(); i++) {
      ConfigException.require(
          Networks.isNetwork(trustedProxies.get(i)),
          "trustedProxies." + i,
          trustedProxies.get(i),
          "an address, or a network such as 10.0.0.0/8");
    }
  }

  /** Creates options that limit nothing but the size of headers. */
  public static LimitOptions none() {
    return new LimitOptions(
        false, List.of(), "X-Forwarded-For", 0, 0, 0, 0, 0, 0, 0, 0, 0, 8192, 0, 0, 0);
  }
}
