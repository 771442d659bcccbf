package io.stentor.health;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.healthchecks.CheckResult;
import io.vertx.ext.healthchecks.HealthChecks;
import io.vertx.ext.healthchecks.Status;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
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

  /** No checks: lives and is ready. */
  public Health(Vertx vertx) {
    live = HealthChecks.create(vertx);
    ready = HealthChecks.create(vertx);
  }

  /** Adds a check that a living node passes. */
  public void live(String name, Supplier<Status> check) {
    live.register(name, answer -> answer.complete(check.get()));
  }

  /** Adds a check that a ready node passes. */
  public void ready(String name, Supplier<Status> check) {
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
}
