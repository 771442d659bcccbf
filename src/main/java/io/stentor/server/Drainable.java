package io.stentor.server;

import io.vertx.core.Future;

/** The part of a node's drain that concerns one event loop. Thread-safe. */
public interface Drainable {

  /** Refuses new requests from now on. Requests that were already accepted continue. */
  void refuseRequests();

  /**
   * Disconnects every client.
   *
   * @param seconds the period over which the disconnects are spread
   * @param hurry when completed, the remaining clients are disconnected at once
   * @return completes when every client has been told to disconnect
   */
  Future<Void> disconnectClients(int seconds, Future<Void> hurry);
}
