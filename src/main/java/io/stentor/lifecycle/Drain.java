package io.stentor.lifecycle;

import io.stentor.config.Config.DrainOptions;
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
 * How a node takes leave of its clients: it calls itself unready, gives the balancer time to
 * notice, refuses what is new, sends its clients away one after another, and waits until everything
 * that they published is in the logs. Whoever runs it closes the node afterwards.
 *
 * <p>Clients go before the logs are handed over: until the last of them has gone, publishing and
 * listening work as ever.
 */
public final class Drain {

  private static final Logger LOG = LoggerFactory.getLogger(Drain.class);

  /** How often it looks whether everything is in the logs. */
  private static final int LOOK_MILLIS = 10;

  /** An event loop's part in it. Any thread. */
  public interface Door {
    /** From now on requests are refused; those that were taken go on. */
    void refuse();

    /**
     * Sends every client away.
     *
     * @param seconds over how many seconds they are spread
     * @param hurry completes when there is no more time for that
     * @return completes when all were told
     */
    Future<Void> sendAway(int seconds, Future<Void> hurry);
  }

  private final Vertx vertx;
  private final Supplier<DrainOptions> times;
  private final List<? extends Door> doors;
  private final BooleanSupplier settled;
  private final Promise<Void> hurry = Promise.promise();

  /**
   * Nothing is done yet.
   *
   * @param times as they are at the moment; what they are when it begins holds
   * @param doors of all event loops
   * @param settled whether nothing that was published waits for a log
   */
  public Drain(
      Vertx vertx,
      Supplier<DrainOptions> times,
      List<? extends Door> doors,
      BooleanSupplier settled) {
    this.vertx = vertx;
    this.times = times;
    this.doors = doors;
    this.settled = settled;
  }

  /** Does it. The node has to be unready before. */
  public Future<Void> run() {
    DrainOptions held = times.get();
    if (held.balancerSeconds() > 0) {
      LOG.info("stopping: serving on for {} s, unready", held.balancerSeconds());
    }
    return waited(held.balancerSeconds())
        .compose(waited -> sendAway(held.leaveSeconds()))
        .eventually(this::settled);
  }

  /** How long the whole stop of a node may take that begins now. Any thread. */
  public int timeoutSeconds() {
    return times.get().timeoutSeconds();
  }

  private Future<Void> sendAway(int seconds) {
    doors.forEach(Door::refuse);
    LOG.info("stopping: sending clients away, over {} s at most", seconds);
    List<Future<Void>> gone =
        doors.stream().map(door -> door.sendAway(seconds, hurry.future())).toList();
    return Future.join(gone).mapEmpty();
  }

  /** No more waiting for the sake of others. Any thread; again does nothing more. */
  public void hasten() {
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

  /** Goes on for as long as it takes: the node's whole stop has a limit. */
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
