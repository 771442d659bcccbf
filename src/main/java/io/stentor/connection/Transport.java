package io.stentor.connection;

import java.util.Locale;

/** The transport of a connection. */
public enum Transport {
  /** A WebSocket with the plain protocol. */
  WEBSOCKET,
  /** A stream of server-sent events. */
  SSE,
  /** A long poll. */
  POLL,
  /** The Centrifuge protocol, on a WebSocket or a stream. */
  CENTRIFUGE;

  private final String label = name().toLowerCase(Locale.ROOT);

  /** Returns the name in metrics and log lines, which never changes. */
  public String label() {
    return label;
  }
}
