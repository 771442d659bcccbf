package io.stentor.health;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.healthchecks.Status;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** What a node is asked about its health. */
public final class Checks {

  /** An event loop that is later than this serves nobody well. */
  public static final long SLOW_LOOP_NANOS = TimeUnit.SECONDS.toNanos(2);

  /** An event loop that stands still for longer will not go on. */
  public static final long DEAD_LOOP_NANOS = TimeUnit.SECONDS.toNanos(30);

  private Checks() {}

  /** Lives while every event loop turns. */
  public static void live(Health health, LoopLags lags) {
    health.live("eventLoops", () -> loops(lags.stuckNanos(), DEAD_LOOP_NANOS));
  }

  /** Is ready unless it is going away, late, short of memory or deaf. */
  public static void ready(
      Health health, BooleanSupplier draining, LoopLags lags, Memory memory, BusProbe probe) {
    health.ready("serving", () -> draining(draining.getAsBoolean()));
    health.ready("eventLoops", () -> loops(lags.nanos(), SLOW_LOOP_NANOS));
    health.ready("memory", memory::status);
    health.ready("eventBus", () -> bus(probe));
  }

  /** Is ready only in a cluster that is whole. */
  public static void ready(Health health, ClusterState cluster) {
    health.ready(
        "cluster",
        () ->
            Health.status(
                cluster.isFit(),
                new JsonObject()
                    .put("joined", cluster.isJoined())
                    .put("nodes", cluster.nodes())
                    .put("safe", cluster.isSafe())));
  }

  private static Status draining(boolean draining) {
    return Health.status(!draining, new JsonObject().put("draining", draining));
  }

  private static Status loops(long lagNanos, long limitNanos) {
    long millis = TimeUnit.NANOSECONDS.toMillis(lagNanos);
    return Health.status(lagNanos < limitNanos, new JsonObject().put("lagMillis", millis));
  }

  private static Status bus(BusProbe probe) {
    Set<String> silent = probe.silent();
    JsonArray names = new JsonArray();
    silent.forEach(names::add);
    return Health.status(
        !probe.isDeaf(),
        new JsonObject().put("silentNodes", names).put("clockSkewMillis", probe.clockSkewMillis()));
  }
}
