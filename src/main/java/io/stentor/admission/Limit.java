package io.stentor.admission;

import io.stentor.config.LimitOptions;
import java.util.Locale;

/** The limits that clients can reach. {@code docs/operations/LIMITS.md} describes each. */
public enum Limit {
  /** Connections of the node. */
  CONNECTIONS,
  /** Connections of one address. */
  CONNECTIONS_PER_ADDRESS,
  /** New connections of the node per second. */
  CONNECTIONS_PER_SECOND,
  /** New connections of one address per second. */
  CONNECTIONS_PER_SECOND_PER_ADDRESS,
  /** Rooms of the node with at least one connection. */
  ROOMS,
  /** Rooms of one connection. */
  ROOMS_PER_CONNECTION,
  /** Different filters of the connections in one room. */
  FILTERS_PER_ROOM,
  /** Length and characters of a room's name. */
  ROOM_NAME,
  /** Bytes of one message, or of a body. */
  MESSAGE_BYTES,
  /** Frames of one connection per second. */
  MESSAGES_PER_SECOND_PER_CONNECTION,
  /** Messages and requests of one address per second. */
  MESSAGES_PER_SECOND_PER_ADDRESS,
  /** Requests of one address for health and metrics per second. */
  PROBES_PER_SECOND_PER_ADDRESS,
  /** Messages of one room and node per second. */
  RATE_PER_SECOND,
  /** Bytes queued for one connection. */
  QUEUED_BYTES,
  /** Bytes of the first line and the headers of a request. */
  HEADER_BYTES,
  /** Time that the head of a request may take. */
  HANDSHAKE_SECONDS,
  /** Time that a body may take. */
  BODY_SECONDS,
  /** Time that a connection may be without a request. */
  IDLE_SECONDS;

  /**
   * Maximum number of requests for health and metrics per second. Real probes need fewer, and this
   * many cost next to nothing.
   */
  private static final int MOST_PROBES_PER_SECOND = 100;

  private final String label = camelCase(name());

  /**
   * Returns the name in metrics, responses and log lines: the name of the option. Never changes.
   */
  public String label() {
    return label;
  }

  /**
   * Returns the value of this limit in the options {@code limits}.
   *
   * @throws IllegalArgumentException if it is not one of these options
   */
  int allowed(LimitOptions options) {
    return switch (this) {
      case CONNECTIONS -> options.connections();
      case CONNECTIONS_PER_ADDRESS -> options.connectionsPerAddress();
      case CONNECTIONS_PER_SECOND -> options.connectionsPerSecond();
      case CONNECTIONS_PER_SECOND_PER_ADDRESS -> options.connectionsPerSecondPerAddress();
      case ROOMS -> options.rooms();
      case ROOMS_PER_CONNECTION -> options.roomsPerConnection();
      case FILTERS_PER_ROOM -> options.filtersPerRoom();
      case MESSAGES_PER_SECOND_PER_CONNECTION -> options.messagesPerSecondPerConnection();
      case MESSAGES_PER_SECOND_PER_ADDRESS -> options.messagesPerSecondPerAddress();
      case PROBES_PER_SECOND_PER_ADDRESS ->
          options.messagesPerSecondPerAddress() == 0
              ? MOST_PROBES_PER_SECOND
              : Math.min(MOST_PROBES_PER_SECOND, options.messagesPerSecondPerAddress());
      case HEADER_BYTES -> options.headerBytes();
      case HANDSHAKE_SECONDS -> options.handshakeSeconds();
      case BODY_SECONDS -> options.bodySeconds();
      case IDLE_SECONDS -> options.idleSeconds();
      case ROOM_NAME, MESSAGE_BYTES, RATE_PER_SECOND, QUEUED_BYTES ->
          throw new IllegalArgumentException(this + " is no option of limits");
    };
  }

  private static String camelCase(String name) {
    StringBuilder out = new StringBuilder();
    for (String word : name.toLowerCase(Locale.ROOT).split("_", -1)) {
      out.append(
              out.isEmpty() ? word.substring(0, 1) : word.substring(0, 1).toUpperCase(Locale.ROOT))
          .append(word.substring(1));
    }
    return out.toString();
  }
}
