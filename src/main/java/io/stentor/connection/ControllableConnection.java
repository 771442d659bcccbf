package io.stentor.connection;

import io.stentor.message.CloseReason;

/**
 * A connection, of any protocol, that the server API can control. Confined to one event loop. Its
 * user and IDs do not change while it is registered.
 */
public interface ControllableConnection extends SwapRemoveList.Element {

  /** Returns the user, as shown in the member list of a room; empty if there is none. */
  String user();

  /** Returns the ID of the connection, unique across all nodes. */
  String connection();

  /** Returns the secret ID of the client's session; empty if it has none. */
  default String session() {
    return "";
  }

  /** Closes the connection. Idempotent. */
  void close(CloseReason reason);

  /**
   * Closes the connection, or the part of it, that the configuration no longer permits. Called
   * after the configuration has changed.
   */
  void recheck();

  /** Returns the connection's place in the registry. */
  @Override
  SwapRemoveList.Place place();
}
