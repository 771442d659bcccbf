package io.stentor.connection;

import java.util.Locale;

/** The ways of being connected. */
public enum Transport {
  /** A WebSocket of the plain protocol. */
  WEBSOCKET,
  /** An event stream. */
  SSE,
  /** A request that waits for a message. */
  POLL,
  /** The Centrifuge protocol, on a WebSocket or a stream. */
  CENTRIFUGE;

  private final String label = name().toLowerCase(Locale.ROOT);

  /** What metrics and log lines call it; it never changes. */
  public String label() {
    return label;
  }
}
