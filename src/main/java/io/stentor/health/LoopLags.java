package io.stentor.health;

import io.netty.util.concurrent.EventExecutor;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;

/** Measures the lag of a node's event loops. Thread-safe. */
public final class LoopLags {
  private final List<LoopLag> lags;

  private LoopLags(List<LoopLag> lags) {
    this.lags = lags;
  }

  /** Starts measuring on each event loop, until the loops shut down. */
  public static LoopLags of(Vertx vertx) {
    List<LoopLag> lags = new ArrayList<>();
    for (EventExecutor loop : ((VertxInternal) vertx).nettyEventLoopGroup()) {
      LoopLag lag = new LoopLag(System::nanoTime);
      lags.add(lag);
      schedule(loop, lag);
    }
    return new LoopLags(List.copyOf(lags));
  }

  /** Creates an instance from the given lags. */
  public static LoopLags of(LoopLag... lags) {
    return new LoopLags(List.of(lags));
  }

  private static void schedule(EventExecutor loop, LoopLag lag) {
    if (!loop.isShuttingDown()) {
      loop.schedule(
          () -> {
            lag.tick();
            schedule(loop, lag);
          },
          LoopLag.TICK_MILLIS,
          TimeUnit.MILLISECONDS);
    }
  }

  /** Returns the current lag of the slowest loop. */
  long nanos() {
    return largest(LoopLag::nanos);
  }

  /**
   * Returns how much longer than the other loops the slowest loop has been blocked. If the whole
   * process was paused, all loops are late and none of them is stuck. With a single loop, returns
   * its lag.
   */
  long stuckNanos() {
    long least = lags.size() == 1 ? 0 : lags.stream().mapToLong(LoopLag::nanos).min().orElse(0);
    return nanos() - least;
  }

  /** Returns the largest lag of any loop in the last ten to twenty seconds. */
  public long recentNanos() {
    return largest(LoopLag::recentNanos);
  }

  private long largest(ToLongFunction<LoopLag> lag) {
    return lags.stream().mapToLong(lag).max().orElse(0);
  }

  /**
   * The lag of one event loop: how late a task that is due every {@link #TICK_MILLIS} runs. Only
   * the loop calls {@link #tick}; any thread may read.
   */
  public static final class LoopLag {

    public static final int TICK_MILLIS = 100;
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(TICK_MILLIS);

    /** The largest lag is kept for one to two windows of this length. */
    private static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final LongSupplier nanoTime;
    private volatile long dueNanos;
    private volatile long lastNanos;
    private volatile long largestNanos;
    private volatile long largestBeforeNanos;
    private long windowEndNanos;

    public LoopLag(LongSupplier nanoTime) {
      this.nanoTime = nanoTime;
      long now = nanoTime.getAsLong();
      dueNanos = now + TICK_NANOS;
      windowEndNanos = now + WINDOW_NANOS;
    }

    /** Records a tick. Must be called {@link #TICK_MILLIS} after the previous call returned. */
    public void tick() {
      long now = nanoTime.getAsLong();
      long lag = Math.max(0, now - dueNanos);
      if (now - windowEndNanos >= 0) {
        largestBeforeNanos = largestNanos;
        largestNanos = 0;
        windowEndNanos = now + WINDOW_NANOS;
      }
      largestNanos = Math.max(largestNanos, lag);
      lastNanos = lag;
      dueNanos = now + TICK_NANOS;
    }

    /** Returns the current lag: that of the last tick, or of an overdue tick if that is larger. */
    long nanos() {
      return Math.max(lastNanos, nanoTime.getAsLong() - dueNanos);
    }

    /** Returns the largest lag of the last ten to twenty seconds. */
    long recentNanos() {
      return Math.max(nanos(), Math.max(largestNanos, largestBeforeNanos));
    }
  }
}
