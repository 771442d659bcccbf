package io.stentor.lifecycle;

import io.stentor.config.Config.DrainOptions;
import io.stentor.server.Drainable;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drains an unready node: gives the load balancer time to notice, refuses new requests, disconnects
 * the clients gradually, and waits until everything they published is in the logs. The caller
 * closes the node afterwards.
 *
 * <p>Clients are disconnected before the logs are migrated: publishing and subscribing work until
 * the last client has left.
 */
final class Drain {

  private static final Logger LOG = LoggerFactory.getLogger(Drain.class);

  /** How often to check whether everything is in the logs. */
  private static final int LOOK_MILLIS = 10;

  private final Vertx vertx;
  private final Supplier<DrainOptions> times;
  private final List<? extends Drainable> servers;
  private final BooleanSupplier settled;
  private final Promise<Void> hurry = Promise.promise();

  /**
   * Creates a drain that has not started.
   *
   * @param times supplies the current options; they are read once, when the drain starts
   * @param servers the servers of all event loops
   * @param settled whether no published message is waiting to be appended
   */
  Drain(
      Vertx vertx,
      Supplier<DrainOptions> times,
      List<? extends Drainable> servers,
      BooleanSupplier settled) {
    this.vertx = vertx;
    this.times = times;
    this.servers = servers;
    this.settled = settled;
  }

  /** Drains the node, which must already be unready. */
  Future<Void> run() {
    DrainOptions held = times.get();
    if (held.balancerSeconds() > 0) {
      LOG.info("stopping: serving on for {} s, unready", held.balancerSeconds());
    }
    return waited(held.balancerSeconds())
        .compose(waited -> disconnectClients(held.leaveSeconds()))
        .eventually(this::settled);
  }

  /** Returns the maximum duration of the node's whole stop if it started now. Any thread. */
  int timeoutSeconds() {
    return times.get().timeoutSeconds();
  }

  private Future<Void> disconnectClients(int seconds) {
    servers.forEach(Drainable::refuseRequests);
    LOG.info("stopping: sending clients away, over {} s at most", seconds);
    List<Future<Void>> gone =
        servers.stream().map(server -> server.disconnectClients(seconds, hurry.future())).toList();
    return Future.join(gone).mapEmpty();
  }

  /** Ends all waiting for clients and the load balancer. Any thread; idempotent. */
  void hasten() {
    if (hurry.tryComplete()) {
      LOG.info("stopping: at once now");
    }
  }

  private Future<Void> waited(int seconds) {
    if (seconds == 0) {
      return Future.succeededFuture();
    }
    return Future.any(vertx.timer(seconds, TimeUnit.SECONDS), hurry.future()).mapEmpty();
  }

  /** Waits without a timeout; the node's whole stop has one. */
  private Future<Void> settled() {
    if (settled.getAsBoolean()) {
      return Future.succeededFuture();
    }
    Promise<Void> promise = Promise.promise();
    vertx.setPeriodic(
        LOOK_MILLIS,
        timer -> {
          if (settled.getAsBoolean()) {
            vertx.cancelTimer(timer);
            promise.tryComplete();
          }
        });
    return promise.future();
  }
}
