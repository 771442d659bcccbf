package io.stentor.lifecycle;

import io.stentor.config.Config.DrainOptions;
import io.stentor.server.Drainable;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
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
  private static final int POLL_MILLIS = 10;

  private final Vertx vertx;
  private final Supplier<DrainOptions> times;
  private final List<? extends Drainable> servers;
  private final LongSupplier queuedBytes;
  private final Promise<Void> hurry = Promise.promise();

  /**
   * Creates a drain that has not started.
   *
   * @param times supplies the current options; they are read once, when the drain starts
   * @param servers the servers of all event loops
   * @param queuedBytes size of the published messages that wait to be appended
   */
  Drain(
      Vertx vertx,
      Supplier<DrainOptions> times,
      List<? extends Drainable> servers,
      LongSupplier queuedBytes) {
    this.vertx = vertx;
    this.times = times;
    this.servers = servers;
    this.queuedBytes = queuedBytes;
  }

  /** Drains the node, which must already be unready. */
  Future<Void> run() {
    DrainOptions held = times.get();
    if (held.balancerSeconds() > 0) {
      LOG.info("stopping: unready, still serving for {} s", held.balancerSeconds());
    }
    return waited(held.balancerSeconds())
        .compose(waited -> disconnectClients(held.leaveSeconds()))
        .eventually(() -> appended(held));
  }

  /** Returns the maximum duration of the node's whole stop if it started now. Any thread. */
  int timeoutSeconds() {
    return times.get().timeoutSeconds();
  }

  private Future<Void> disconnectClients(int seconds) {
    servers.forEach(Drainable::refuseRequests);
    LOG.info("stopping: disconnecting clients over at most {} s", seconds);
    List<Future<Void>> gone =
        servers.stream().map(server -> server.disconnectClients(seconds, hurry.future())).toList();
    return Future.join(gone).mapEmpty();
  }

  /** Ends all waiting for clients and the load balancer. Any thread; idempotent. */
  void hasten() {
    if (hurry.tryComplete()) {
      LOG.info("stopping: no longer waiting for clients");
    }
  }

  private Future<Void> waited(int seconds) {
    if (seconds == 0) {
      return Future.succeededFuture();
    }
    return Future.any(vertx.timer(seconds, TimeUnit.SECONDS), hurry.future()).mapEmpty();
  }

  /**
   * Waits until everything is in the logs, for at most half of the time that is left for closing: a
   * log that cannot be written to must not keep the other logs from being handed over.
   */
  private Future<Void> appended(DrainOptions held) {
    if (queuedBytes.getAsLong() == 0) {
      return Future.succeededFuture();
    }
    long millis = 500L * (held.timeoutSeconds() - held.balancerSeconds() - held.leaveSeconds());
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    Promise<Void> promise = Promise.promise();
    vertx.setPeriodic(
        POLL_MILLIS,
        timer -> {
          long bytes = queuedBytes.getAsLong();
          if (bytes > 0 && System.nanoTime() - deadline < 0) {
            return;
          }
          if (bytes > 0) {
            LOG.warn("stopping: {} bytes of messages are given up, never acknowledged", bytes);
          }
          vertx.cancelTimer(timer);
          promise.complete();
        });
    return promise.future();
  }
}
