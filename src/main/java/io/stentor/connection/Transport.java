package io.stentor.connection;

import java.util.Locale;

/** The kinds of connections. */
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

  /** The name in metrics and log lines; it never changes. */
  public String label() {
    return label;
  }
}
