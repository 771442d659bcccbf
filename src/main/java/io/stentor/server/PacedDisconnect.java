package io.stentor.server;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import io.stentor.timer.TimerWheel;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Disconnects the clients of one event loop over a number of seconds, so that they do not all
 * reconnect to the other nodes at once. Confined to that loop.
 */
public final class PacedDisconnect {

  /** The interval between two groups of disconnects. */
  static final int TICK_MILLIS = 50;

  /** The minimum rate: a few clients do not justify a long wait. */
  public static final int LEAST_A_SECOND = 100;

  private static final int TICKS_A_SECOND = 1000 / TICK_MILLIS;

  /** The maximum number of ticks to catch up at once. A longer delay counts as a standstill. */
  private static final int MOST_TICKS = 2;

  private final List<Runnable> remaining;
  private final double clientsPerTick;
  private final Promise<Void> done = Promise.promise();
  private @Nullable ScheduledFuture<?> ticking;
  private double due;
  private long ticks;

  /**
   * Creates a schedule that has not started.
   *
   * @param clients one action for each client, which disconnects it; a no-op if the client has
   *     already left. The order is random
   * @param seconds the maximum duration; 0 disconnects all clients at once
   */
  public PacedDisconnect(List<Runnable> clients, int seconds) {
    remaining = new ArrayList<>(clients);
    Collections.shuffle(remaining);
    double perSecond =
        seconds == 0
            ? Double.POSITIVE_INFINITY
            : Math.max(LEAST_A_SECOND, (double) remaining.size() / seconds);
    clientsPerTick = perSecond / TICKS_A_SECOND;
  }

  /**
   * Returns how long it takes to disconnect all clients, in milliseconds, unless it is hastened or
   * the loop stands still.
   */
  long plannedMillis() {
    return (long) (remaining.size() / clientsPerTick * TICK_MILLIS);
  }

  /** Starts disconnecting. Completes on this loop when every client has been told to disconnect. */
  Future<Void> begin(EventLoop loop) {
    TimerWheel wheel = TimerWheel.of(loop);
    long begin = wheel.millis();
    tick();
    if (!done.future().isComplete()) {
      Runnable next = () -> tickAt(wheel.millis() - begin);
      ticking = loop.scheduleWithFixedDelay(next, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }
    return done.future();
  }

  /**
   * Runs the ticks that are due at this time since the start, up to {@link #MOST_TICKS}. The time
   * excludes standstills of the loop.
   */
  void tickAt(long millis) {
    long most = ticks + MOST_TICKS;
    while (ticks <= millis / TICK_MILLIS && ticks < most) {
      tick();
    }
  }

  /** Disconnects the clients that are due. */
  void tick() {
    ticks++;
    due += clientsPerTick;
    while (due >= 1 && !remaining.isEmpty()) {
      due--;
      remaining.remove(remaining.size() - 1).run();
    }
    if (remaining.isEmpty()) {
      end();
    }
  }

  /** Disconnects all remaining clients at once. */
  void hasten() {
    remaining.forEach(Runnable::run);
    remaining.clear();
    end();
  }

  private void end() {
    if (ticking != null) {
      ticking.cancel(false);
    }
    done.tryComplete();
  }
}
