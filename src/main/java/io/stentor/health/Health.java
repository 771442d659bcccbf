package io.stentor.health;

import io.stentor.journal.Journal;
import io.stentor.journal.Journal.Figures;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.healthchecks.CheckResult;
import io.vertx.ext.healthchecks.HealthChecks;
import io.vertx.ext.healthchecks.Status;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The health checks of a node: liveness (a node that fails should be restarted) and readiness (a
 * node that fails should get no new clients). Checks only read known state and never block.
 * Thread-safe once all checks have been added.
 */
public final class Health {
  private final HealthChecks live;
  private final HealthChecks ready;
  private final Map<String, Supplier<Status>> readyChecks = new LinkedHashMap<>();

  /** Creates a health without checks, which is live and ready. */
  public Health(Vertx vertx) {
    live = HealthChecks.create(vertx);
    ready = HealthChecks.create(vertx);
  }

  /** Adds a liveness check. */
  void live(String name, Supplier<Status> check) {
    live.register(name, answer -> answer.complete(check.get()));
  }

  /** Adds a readiness check. */
  void ready(String name, Supplier<Status> check) {
    readyChecks.put(name, check);
    ready.register(name, answer -> answer.complete(check.get()));
  }

  /** Creates a status with details. */
  static Status status(boolean up, JsonObject data) {
    return up ? Status.OK(data) : Status.KO(data);
  }

  public Future<CheckResult> live() {
    return live.checkStatus();
  }

  public Future<CheckResult> ready() {
    return ready.checkStatus();
  }

  /** Returns the names of the readiness checks. */
  public Set<String> readyChecks() {
    return readyChecks.keySet();
  }

  /** Returns whether the named readiness check passes now. */
  public boolean isUp(String readyCheck) {
    Supplier<Status> check = readyChecks.get(readyCheck);
    return check != null && check.get().isOk();
  }

  /** A node is not ready while an event loop lags by this much or more. */
  public static final long SLOW_LOOP_NANOS = TimeUnit.SECONDS.toNanos(2);

  /** An event loop that has been blocked for this long is considered dead. */
  public static final long DEAD_LOOP_NANOS = TimeUnit.SECONDS.toNanos(30);

  /** Adds the liveness check: no event loop is blocked. */
  public void checkLive(LoopLags lags) {
    live("eventLoops", () -> loops(lags.stuckNanos(), DEAD_LOOP_NANOS));
  }

  /**
   * Adds the readiness checks: the node serves clients, the event loops are on time, memory is
   * available, and the event bus works.
   *
   * @param starting whether the node does not serve clients yet, nor use the event bus
   */
  public void checkReady(
      BooleanSupplier starting,
      BooleanSupplier draining,
      LoopLags lags,
      Memory memory,
      BusProbe probe) {
    ready("serving", () -> serving(starting.getAsBoolean(), draining.getAsBoolean()));
    ready("eventLoops", () -> loops(lags.nanos(), SLOW_LOOP_NANOS));
    ready("memory", memory::status);
    ready("eventBus", () -> starting.getAsBoolean() ? Status.OK() : bus(probe));
  }

  /** Adds the readiness check that this node is in the cluster and the logs have backups. */
  public void checkReady(ClusterState cluster) {
    ready(
        "cluster",
        () ->
            status(
                cluster.isFit(),
                new JsonObject()
                    .put("joined", cluster.isJoined())
                    .put("nodes", cluster.nodes())
                    .put("safe", cluster.isSafe())));
  }

  /** Adds the readiness check that the data directory takes writes. */
  public void checkReady(Journal journal) {
    checkReady(journal::accepts, journal::figures, System::nanoTime);
  }

  /** A full queue that is written within this time does not make a node unready. */
  public static final long FULL_QUEUE_NANOS = TimeUnit.SECONDS.toNanos(1);

  /**
   * Adds the readiness check that the data directory takes writes.
   *
   * @param clock elapsed time in nanoseconds
   */
  public void checkReady(BooleanSupplier writable, Supplier<Figures> figures, LongSupplier clock) {
    AtomicLong lastWritable = new AtomicLong(clock.getAsLong());
    ready(
        "dataDirectory",
        () -> {
          boolean now = writable.getAsBoolean();
          if (now) {
            lastWritable.set(clock.getAsLong());
          }
          Figures all = figures.get();
          return status(
              clock.getAsLong() - lastWritable.get() < FULL_QUEUE_NANOS,
              new JsonObject()
                  .put("writable", now)
                  .put("bytes", all.bytes())
                  .put("queuedBytes", all.queuedBytes()));
        });
  }

  private static Status serving(boolean starting, boolean draining) {
    JsonObject data = new JsonObject().put("draining", draining);
    return status(!starting && !draining, starting ? data.put("starting", true) : data);
  }

  private static Status loops(long lagNanos, long limitNanos) {
    long millis = TimeUnit.NANOSECONDS.toMillis(lagNanos);
    return status(lagNanos < limitNanos, new JsonObject().put("lagMillis", millis));
  }

  private static Status bus(BusProbe probe) {
    Set<String> silent = probe.silent();
    JsonArray names = new JsonArray();
    silent.forEach(names::add);
    return status(
        !probe.isDeaf(),
        new JsonObject().put("silentNodes", names).put("clockSkewMillis", probe.clockSkewMillis()));
  }
}
