package io.stentor.connection;

import io.stentor.message.CloseReason;

/**
 * A connection that the server API can act on, of any protocol. Belongs to one event loop. Its user
 * and ids do not change while it is registered.
 */
public interface ControllableConnection {

  /** The user, as the members of a room show it; empty if there is none. */
  String user();

  /** The id of the connection, unique on all nodes. */
  String connection();

  /** The secret id of the client's session; empty if it has none. */
  default String session() {
    return "";
  }

  /** Closes the connection. Idempotent. */
  void close(CloseReason reason);

  /**
   * Closes the connection, or the part of it, that the configuration no longer allows. Called when
   * the configuration has changed.
   */
  void recheck();

  /** Its place in the registry. */
  Place place();

  /** The index of a connection among those of its user. */
  final class Place {
    int index = -1;
  }
}
