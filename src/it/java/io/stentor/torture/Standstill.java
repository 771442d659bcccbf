package io.stentor.torture;

import io.vertx.core.Vertx;

/**
 * For how long the event loop that asks for it has stood still at most: what came meanwhile came
 * for it in one moment. Belongs to that loop.
 */
final class Standstill {
  private static final long TICK_MILLIS = 20;

  private long lastNanos = System.nanoTime();
  private long longestNanos;

  /** Begins to look, until this Vert.x is closed. */
  Standstill(Vertx vertx) {
    vertx.setPeriodic(TICK_MILLIS, timer -> tick(System.nanoTime()));
  }

  private void tick(long now) {
    longestNanos = Math.max(longestNanos, now - lastNanos - TICK_MILLIS * 1_000_000);
    lastNanos = now;
  }

  /** The longest so far, in milliseconds. */
  long millis() {
    return longestNanos / 1_000_000;
  }
}
