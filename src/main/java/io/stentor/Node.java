package io.stentor;

import io.stentor.config.LoadedConfig;
import io.vertx.core.Future;

/** One running server. */
final class Node {
  private Node() {}

  /** Starts a server; fails with a message for people where it cannot. */
  static Future<Node> start(LoadedConfig loaded) {
    return Future.failedFuture("there is no server for " + loaded.sources());
  }

  /** Leaves the cluster and closes everything. */
  Future<Void> stop() {
    return Future.succeededFuture();
  }
}
