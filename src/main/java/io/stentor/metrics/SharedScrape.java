package io.stentor.metrics;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Renders the metrics in one format and shares each result between concurrent requests. A rendering
 * never starts before it was requested, so no caller gets stale values. Renderings start at least
 * {@value #LEAST_MILLIS} ms apart, so any number of scrapers causes at most ten renderings a
 * second. Thread-safe.
 */
public final class SharedScrape {

  /** Minimum interval between the starts of two renderings. */
  static final long LEAST_MILLIS = 100;

  private final Vertx vertx;
  private final Supplier<String> render;
  private final LongSupplier nanoTime;
  private @Nullable Promise<Buffer> next;
  private long startedNanos;

  /**
   * Creates a scrape that has not rendered anything.
   *
   * @param render may take a while; called on a worker thread, never concurrently
   */
  public SharedScrape(Vertx vertx, Supplier<String> render, LongSupplier nanoTime) {
    this.vertx = vertx;
    this.render = render;
    this.nanoTime = nanoTime;
    this.startedNanos = nanoTime.getAsLong() - TimeUnit.MILLISECONDS.toNanos(LEAST_MILLIS);
  }

  /**
   * Requests a rendering that starts after this call. Completes on any thread. Do not modify the
   * buffer.
   */
  public synchronized Future<Buffer> ask() {
    Promise<Buffer> asked = next;
    if (asked == null) {
      asked = Promise.promise();
      next = asked;
      long elapsed = TimeUnit.NANOSECONDS.toMillis(nanoTime.getAsLong() - startedNanos);
      if (elapsed >= LEAST_MILLIS) {
        startRendering();
      } else {
        vertx.setTimer(LEAST_MILLIS - elapsed, timer -> startRendering());
      }
    }
    return asked.future();
  }

  /** Starts a rendering. Requests that arrive once it is running get the next one. */
  private void startRendering() {
    vertx.executeBlocking(
        () -> {
          Promise<Buffer> asked = takeRequest();
          try {
            asked.complete(Buffer.buffer(render.get()));
          } catch (RuntimeException e) {
            asked.fail(e);
          }
          return asked;
        },
        false);
  }

  private synchronized Promise<Buffer> takeRequest() {
    Promise<Buffer> asked = Objects.requireNonNull(next);
    next = null;
    startedNanos = nanoTime.getAsLong();
    return asked;
  }
}
