package io.stentor.lifecycle;

import io.stentor.presence.Presence;
import io.stentor.server.Operations;
import io.stentor.server.Servers;
import io.vertx.core.Future;

/** One node: what can be asked of it while it runs, and its end. Any thread. */
public final class Node {

  private final Backend backend;
  private final Operations operations;
  private final Presence presence;
  private final Servers servers;
  private final Demo demo;
  private final Drain drain;
  private final Reload reload;

  /** Creates a node of these parts, which {@link Startup} has started. */
  Node(
      Backend backend,
      Operations operations,
      Presence presence,
      Servers servers,
      Demo demo,
      Drain drain,
      Reload reload) {
    this.backend = backend;
    this.operations = operations;
    this.presence = presence;
    this.servers = servers;
    this.demo = demo;
    this.drain = drain;
    this.reload = reload;
  }

  /** The port that is listened on. */
  public int port() {
    return servers.port();
  }

  /** Reads the configuration again and takes it over, or refuses it as a whole. */
  public void reload() {
    reload.now();
  }

  /** How long a stop that begins now may take. */
  int stopTimeoutSeconds() {
    return drain.timeoutSeconds();
  }

  /** Lets a stop that is under way wait no longer for the sake of others. */
  void hasten() {
    drain.hasten();
  }

  /**
   * Takes leave of the clients, signs the members off, hands the logs over, leaves the cluster and
   * closes everything.
   */
  public Future<Void> stop() {
    operations.drain();
    reload.end();
    return demo.stop(backend.vertx())
        .eventually(drain::run)
        .eventually(operations::leave)
        .eventually(presence::close)
        .eventually(backend.vertx()::close)
        .eventually(
            () -> {
              operations.close();
              backend.leave();
              return Future.succeededFuture();
            });
  }
}
