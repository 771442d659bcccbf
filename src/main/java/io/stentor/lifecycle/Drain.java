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
 * Drains an unready node: gives the balancer time to notice, refuses new requests, disconnects the
 * clients one after another, and waits until everything that they published is in the logs. Whoever
 * runs it closes the node afterwards.
 *
 * <p>Clients go before the logs are handed over: until the last of them has gone, publishing and
 * subscribing work as ever.
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
   * Creates a drain that has not begun.
   *
   * @param times the current options; those at its beginning count
   * @param servers of all event loops
   * @param settled whether nothing that was published waits for a log
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

  /** Drains the node, which has to be unready before. */
  Future<Void> run() {
    DrainOptions held = times.get();
    if (held.balancerSeconds() > 0) {
      LOG.info("stopping: serving on for {} s, unready", held.balancerSeconds());
    }
    return waited(held.balancerSeconds())
        .compose(waited -> disconnectClients(held.leaveSeconds()))
        .eventually(this::settled);
  }

  /** How long the whole stop of the node may take if it begins now. Any thread. */
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

  /** Cuts all waiting for clients and balancer short. Any thread; idempotent. */
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

  /** Waits without a limit: the node's whole stop has one. */
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
