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
 * Renders the metrics in one format, once for all who ask at about the same time. A rendering never
 * begins before it was asked for, so nobody is given old figures; and it begins at the earliest
 * {@value #LEAST_MILLIS} ms after the one before, so that any number of scrapers costs no more than
 * ten renderings a second. Any thread.
 */
public final class SharedScrape {

  /** Least time from the beginning of one rendering to that of the next. */
  static final long LEAST_MILLIS = 100;

  private final Vertx vertx;
  private final Supplier<String> render;
  private final LongSupplier nanoTime;
  private @Nullable Promise<Buffer> next;
  private long begunNanos;

  /**
   * Renders nothing yet.
   *
   * @param render may take a while; called on a worker thread, once at a time
   */
  public SharedScrape(Vertx vertx, Supplier<String> render, LongSupplier nanoTime) {
    this.vertx = vertx;
    this.render = render;
    this.nanoTime = nanoTime;
    this.begunNanos = nanoTime.getAsLong() - TimeUnit.MILLISECONDS.toNanos(LEAST_MILLIS);
  }

  /**
   * The metrics at a moment from now on. Completes on any thread; the buffer is not to be changed.
   */
  public synchronized Future<Buffer> ask() {
    Promise<Buffer> asked = next;
    if (asked == null) {
      asked = Promise.promise();
      next = asked;
      long elapsed = TimeUnit.NANOSECONDS.toMillis(nanoTime.getAsLong() - begunNanos);
      if (elapsed >= LEAST_MILLIS) {
        begin();
      } else {
        vertx.setTimer(LEAST_MILLIS - elapsed, timer -> begin());
      }
    }
    return asked.future();
  }

  /** Who asks from the moment on at which this runs is given the next rendering. */
  private void begin() {
    vertx.executeBlocking(
        () -> {
          Promise<Buffer> asked = taken();
          try {
            asked.complete(Buffer.buffer(render.get()));
          } catch (RuntimeException e) {
            asked.fail(e);
          }
          return asked;
        },
        false);
  }

  private synchronized Promise<Buffer> taken() {
    Promise<Buffer> asked = Objects.requireNonNull(next);
    next = null;
    begunNanos = nanoTime.getAsLong();
    return asked;
  }
}
