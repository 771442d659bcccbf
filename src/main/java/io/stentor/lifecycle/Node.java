package io.stentor.lifecycle;

import io.stentor.history.LogJournal;
import io.stentor.presence.Presence;
import io.stentor.server.Operations;
import io.stentor.server.Servers;
import io.vertx.core.Future;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running node. Thread-safe. */
public final class Node {

  private static final Logger LOG = LoggerFactory.getLogger(Node.class);

  private final NodeRuntime runtime;
  private final Operations operations;
  private final Presence presence;
  private final Servers servers;
  private final Demo demo;
  private final Drain drain;
  private final Reload reload;

  /** Creates a node from its parts, which {@link Startup} has started. */
  Node(
      NodeRuntime runtime,
      Operations operations,
      Presence presence,
      Servers servers,
      Demo demo,
      Drain drain,
      Reload reload) {
    this.runtime = runtime;
    this.operations = operations;
    this.presence = presence;
    this.servers = servers;
    this.demo = demo;
    this.drain = drain;
    this.reload = reload;
  }

  /** Returns the port that the node listens on. */
  public int port() {
    return servers.port();
  }

  /** Reloads the configuration. It is applied as a whole or rejected as a whole. */
  public void reload() {
    reload.now();
  }

  /** Returns the maximum duration of a stop that starts now, in seconds. */
  int stopTimeoutSeconds() {
    return drain.timeoutSeconds();
  }

  /** Ends the waiting of a stop in progress for clients and the load balancer. */
  void hasten() {
    drain.hasten();
  }

  /**
   * Sets what is called when the node cannot go on: because its journal has failed, so that what it
   * writes may not reach the disk any more, or because it has left the cluster and cannot rejoin
   * it. Called on any thread, perhaps more than once.
   */
  void onFailure(Runnable stop) {
    runtime.onClusterLost(
        () -> {
          LOG.error("this node is not in a cluster any more and cannot rejoin, so it stops");
          stop.run();
        });
    LogJournal journal = runtime.journal();
    if (journal != null) {
      journal
          .journal()
          .onFailure(
              failure -> {
                LOG.error("the data directory has failed, so this node stops", failure);
                stop.run();
              });
    }
  }

  /**
   * Stops the node: disconnects the clients, removes this node's members from presence, closes
   * Vert.x, migrates the logs, and leaves the cluster.
   */
  public Future<Void> stop() {
    return stop(drain::run);
  }

  /** Stops a node whose start has failed. It has no clients, so nothing is drained. */
  Future<Void> abandon() {
    return stop(Future::succeededFuture);
  }

  private Future<Void> stop(Supplier<Future<Void>> drained) {
    operations.drain();
    runtime.stopping();
    reload.end();
    return demo.stop(runtime.vertx())
        .eventually(drained)
        .eventually(operations::leave)
        .eventually(presence::close)
        .eventually(runtime::close)
        .eventually(
            () -> {
              operations.close();
              runtime.leave();
              return Future.succeededFuture();
            });
  }
}
