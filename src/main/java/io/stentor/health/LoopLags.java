package io.stentor.health;

import io.netty.util.concurrent.EventExecutor;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;

/** How late the event loops of a node are. Any thread. */
public final class LoopLags {
  private final List<LoopLag> lags;

  private LoopLags(List<LoopLag> lags) {
    this.lags = lags;
  }

  /** Begins to measure on each loop; ends with the loops. */
  public static LoopLags of(Vertx vertx) {
    List<LoopLag> lags = new ArrayList<>();
    for (EventExecutor loop : ((VertxInternal) vertx).nettyEventLoopGroup()) {
      LoopLag lag = new LoopLag(System::nanoTime);
      lags.add(lag);
      schedule(loop, lag);
    }
    return new LoopLags(List.copyOf(lags));
  }

  /** These. */
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

  /** The lag of the latest loop now. */
  long nanos() {
    return largest(LoopLag::nanos);
  }

  /**
   * How much longer than the others the latest loop has stood still. Where the whole process did,
   * all loops are late, and none of them is stuck. The lag itself where there is one loop only.
   */
  long stuckNanos() {
    long least = lags.size() == 1 ? 0 : lags.stream().mapToLong(LoopLag::nanos).min().orElse(0);
    return nanos() - least;
  }

  /** The largest lag of any loop in the last ten to twenty seconds. */
  public long recentNanos() {
    return largest(LoopLag::recentNanos);
  }

  private long largest(ToLongFunction<LoopLag> lag) {
    return lags.stream().mapToLong(lag).max().orElse(0);
  }

  /**
   * How late one event loop is: how much after its time a task of every {@link #TICK_MILLIS} runs.
   * {@link #tick} belongs to the loop; any thread reads.
   */
  public static final class LoopLag {

    public static final int TICK_MILLIS = 100;
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(TICK_MILLIS);

    /** The largest lag of the last one to two of these is remembered. */
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

    /** To be called {@link #TICK_MILLIS} after the last call returned. */
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

    /** The lag now: of the last tick, or of the one that should have been. */
    long nanos() {
      return Math.max(lastNanos, nanoTime.getAsLong() - dueNanos);
    }

    /** The largest lag of the last ten to twenty seconds. */
    long recentNanos() {
      return Math.max(nanos(), Math.max(largestNanos, largestBeforeNanos));
    }
  }
}
