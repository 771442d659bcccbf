package io.stentor.health;

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
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Two questions about a node: does it live (else it should be started again), and is it ready (else
 * it should get no new clients). Each has checks, which look at what is known and never block. Any
 * thread, once all checks are added.
 */
public final class Health {
  private final HealthChecks live;
  private final HealthChecks ready;
  private final Map<String, Supplier<Status>> readyChecks = new LinkedHashMap<>();

  /** Creates a health without checks: live and ready. */
  public Health(Vertx vertx) {
    live = HealthChecks.create(vertx);
    ready = HealthChecks.create(vertx);
  }

  /** Adds a check that a living node passes. */
  void live(String name, Supplier<Status> check) {
    live.register(name, answer -> answer.complete(check.get()));
  }

  /** Adds a check that a ready node passes. */
  void ready(String name, Supplier<Status> check) {
    readyChecks.put(name, check);
    ready.register(name, answer -> answer.complete(check.get()));
  }

  /** Up or down, with something to read. */
  static Status status(boolean up, JsonObject data) {
    return up ? Status.OK(data) : Status.KO(data);
  }

  public Future<CheckResult> live() {
    return live.checkStatus();
  }

  public Future<CheckResult> ready() {
    return ready.checkStatus();
  }

  /** The names of the checks that a ready node passes. */
  public Set<String> readyChecks() {
    return readyChecks.keySet();
  }

  /** Whether one of them is passed now. */
  public boolean isUp(String readyCheck) {
    Supplier<Status> check = readyChecks.get(readyCheck);
    return check != null && check.get().isOk();
  }

  /** A node with an event loop that is later than this is not ready. */
  public static final long SLOW_LOOP_NANOS = TimeUnit.SECONDS.toNanos(2);

  /** An event loop that stands still for longer is taken for dead. */
  public static final long DEAD_LOOP_NANOS = TimeUnit.SECONDS.toNanos(30);

  /** Adds the check of liveness: every event loop turns. */
  public void checkLive(LoopLags lags) {
    live("eventLoops", () -> loops(lags.stuckNanos(), DEAD_LOOP_NANOS));
  }

  /** Adds checks of readiness: not draining, event loops in time, memory left, event bus heard. */
  public void checkReady(BooleanSupplier draining, LoopLags lags, Memory memory, BusProbe probe) {
    ready("serving", () -> draining(draining.getAsBoolean()));
    ready("eventLoops", () -> loops(lags.nanos(), SLOW_LOOP_NANOS));
    ready("memory", memory::status);
    ready("eventBus", () -> bus(probe));
  }

  /** Adds the check of readiness that the cluster is whole. */
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

  private static Status draining(boolean draining) {
    return status(!draining, new JsonObject().put("draining", draining));
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
