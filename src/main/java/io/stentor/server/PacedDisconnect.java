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
 * Sends the clients of one event loop away, spread over some seconds, so that the other nodes are
 * not called by all of them in one moment. Belongs to that loop.
 */
public final class PacedDisconnect {

  /** How often some are sent away. */
  static final int TICK_MILLIS = 50;

  /** At least this many leave in a second: a few clients are not worth a long wait. */
  public static final int LEAST_A_SECOND = 100;

  private static final int TICKS_A_SECOND = 1000 / TICK_MILLIS;

  /** A loop that is late catches up at this many times its pace; for more it stood still. */
  private static final int MOST_TICKS = 2;

  private final List<Runnable> staying;
  private final double leaversPerTick;
  private final Promise<Void> done = Promise.promise();
  private @Nullable ScheduledFuture<?> ticking;
  private double due;
  private long ticks;

  /**
   * Nobody has gone yet.
   *
   * @param clients sends each of them away; one that has gone does not mind. In no particular order
   * @param seconds how long it takes at most; 0 sends all away at once
   */
  public PacedDisconnect(List<Runnable> clients, int seconds) {
    staying = new ArrayList<>(clients);
    Collections.shuffle(staying);
    double perSecond =
        seconds == 0
            ? Double.POSITIVE_INFINITY
            : Math.max(LEAST_A_SECOND, (double) staying.size() / seconds);
    leaversPerTick = perSecond / TICKS_A_SECOND;
  }

  /** How long it takes all clients to leave, unless it is hastened or the loop stands still. */
  long plannedMillis() {
    return (long) (staying.size() / leaversPerTick * TICK_MILLIS);
  }

  /** Begins; the answer comes on this loop when all have been told to go. */
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
   * Does what is due so many milliseconds after the beginning, or some of it where that is much. A
   * standstill is no part of them.
   */
  void tickAt(long millis) {
    long most = ticks + MOST_TICKS;
    while (ticks <= millis / TICK_MILLIS && ticks < most) {
      tick();
    }
  }

  /** Sends away those whose turn it is. */
  void tick() {
    ticks++;
    due += leaversPerTick;
    while (due >= 1 && !staying.isEmpty()) {
      due--;
      staying.remove(staying.size() - 1).run();
    }
    if (staying.isEmpty()) {
      end();
    }
  }

  /** Sends away all who are still there. */
  void hasten() {
    staying.forEach(Runnable::run);
    staying.clear();
    end();
  }

  private void end() {
    if (ticking != null) {
      ticking.cancel(false);
    }
    done.tryComplete();
  }
}
