package io.stentor.connection;

import io.stentor.message.CloseReason;

/**
 * A connection that servers may act on, whatever it speaks. Belongs to one event loop, and its
 * names do not change while it is in a {@link ConnectionRegistry}.
 */
public interface ControllableConnection {

  /** The user as the members of a room show it; empty for nobody in particular. */
  String user();

  /** Names the connection, and no other on any node. */
  String connection();

  /** The secret name of the client's session; empty where it has none. */
  default String session() {
    return "";
  }

  /** Ends the connection and says why. Once more does no harm. */
  void close(CloseReason reason);

  /**
   * The configuration has changed: ends the connection, or what of it the new configuration no
   * longer allows.
   */
  void recheck();

  /** Where the directory keeps it. */
  ConnectionRegistry.Place place();
}
