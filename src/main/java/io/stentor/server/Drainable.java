package io.stentor.server;

import io.vertx.core.Future;

/** One event loop's part in the drain of a node. Any thread. */
public interface Drainable {

  /** Refuses requests from now on; those that were accepted go on. */
  void refuseRequests();

  /**
   * Disconnects every client.
   *
   * @param seconds over how many seconds they are spread
   * @param hurry completes when there is no more time for that
   * @return completes when all were told to go
   */
  Future<Void> disconnectClients(int seconds, Future<Void> hurry);
}
