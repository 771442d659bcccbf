package io.stentor.timer;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Ticker;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The timers of one event loop: a hashed wheel with one tick for all of them, so that a timer costs
 * one object and no place in a sorted queue.
 *
 * <p>It measures time in which the loop could work. Two things hold for every timer:
 *
 * <ul>
 *   <li>Time in which the loop stood still does not count: the process was stopped, its virtual
 *       machine was paused, or a garbage collection took long. A client is not late for what it
 *       could not have been seen to do.
 *   <li>Before a timer fires, the loop has read its sockets at least once after the moment at which
 *       the timer was due; after a standstill it reads for a whole tick.
 * </ul>
 *
 * Timers fire late by up to two ticks, never early. {@link #of}, {@link #after} and {@link #every}
 * may be called on any thread; tasks run on the loop, and everything else is called there.
 */
public final class TimerWheel {

  /** How often the wheel turns, in milliseconds. */
  public static final int TICK_MILLIS = 250;

  /** A loop that does not get to its tick for longer stood still, in milliseconds. */
  public static final int STANDSTILL_MILLIS = 1000;

  /** A longer standstill is worth a line in the log. */
  private static final int LOGGED_MILLIS = 3000;

  /** Enough for a tick, with all that is read meanwhile, to be a task of a later round. */
  private static final int READ_ROUND_MILLIS = 1;

  /** Timers of more than 64 s pass by several times before they are due. */
  private static final int SLOTS = 256;

  private static final Logger LOG = LoggerFactory.getLogger(TimerWheel.class);
  private static final Map<EventLoop, TimerWheel> WHEELS = new ConcurrentHashMap<>();
  private static final AtomicLong LOGGED_AT_NANOS = new AtomicLong(Long.MIN_VALUE);

  private final EventLoop loop;
  private final Ticker ticker;
  private final Timer[] slots = new Timer[SLOTS];
  private final List<LongConsumer> standstillListeners = new ArrayList<>(0);
  private long tickedAtNanos;
  private long millis;
  private long turnedTo;
  private boolean stoodStill;

  /** A task that waits. */
  public static final class Timer {
    private final Runnable task;
    private final long periodMillis;
    private long dueMillis;
    private boolean cancelled;
    private Timer previous = this;
    private Timer next = this;

    private Timer(Runnable task, long periodMillis) {
      this.task = task;
      this.periodMillis = periodMillis;
    }

    /** The task does not run any more. Idempotent; on the wheel's loop. */
    public void cancel() {
      cancelled = true;
      unlink();
    }

    private void unlink() {
      previous.next = next;
      next.previous = previous;
      previous = this;
      next = this;
    }

    private boolean isLast() {
      return next == this;
    }

    /** Puts another one in front of this one, which is the head of a list. */
    private void append(Timer other) {
      other.previous = previous;
      other.next = this;
      previous.next = other;
      previous = other;
    }
  }

  private TimerWheel(EventLoop loop) {
    this.loop = loop;
    this.ticker = loop.ticker();
    this.tickedAtNanos = ticker.nanoTime();
    for (int i = 0; i < SLOTS; i++) {
      slots[i] = list();
    }
    loop.scheduleWithFixedDelay(this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
  }

  /**
   * The wheel of an event loop, which begins to turn with the first call and ends with the loop.
   */
  public static TimerWheel of(EventLoop loop) {
    TimerWheel known = WHEELS.get(loop);
    if (known != null) {
      return known;
    }
    WHEELS.keySet().removeIf(EventLoop::isTerminated);
    return WHEELS.computeIfAbsent(loop, TimerWheel::new);
  }

  /** The wheel of one of the event loops, for work that belongs to none of them. */
  public static TimerWheel of(Vertx vertx) {
    return of((EventLoop) ((VertxInternal) vertx).nettyEventLoopGroup().iterator().next());
  }

  /**
   * Runs a task once.
   *
   * @param delay in milliseconds of the time that this wheel measures
   */
  public Timer after(long delay, Runnable task) {
    Timer timer = new Timer(task, 0);
    onLoop(() -> add(timer, delay));
    return timer;
  }

  /**
   * Runs a task again and again, the first time after one period. Runs are never made up for: in a
   * standstill there are none.
   *
   * @param period in milliseconds of the time that this wheel measures
   */
  public Timer every(long period, Runnable task) {
    Timer timer = new Timer(task, period);
    onLoop(() -> add(timer, period));
    return timer;
  }

  /**
   * Has something called at the first tick after each standstill, before any timer fires.
   *
   * @param listener is given how many milliseconds the loop stood still
   */
  public void onStandstill(LongConsumer listener) {
    onLoop(() -> standstillListeners.add(listener));
  }

  /** The time that this wheel measures, in milliseconds since it began. */
  public long millis() {
    long sinceTick = TimeUnit.NANOSECONDS.toMillis(ticker.nanoTime() - tickedAtNanos);
    return millis + Math.min(sinceTick, TICK_MILLIS);
  }

  private void onLoop(Runnable task) {
    if (loop.inEventLoop()) {
      task.run();
    } else {
      loop.execute(task);
    }
  }

  private void add(Timer timer, long delay) {
    if (!timer.cancelled) {
      timer.dueMillis = millis() + delay;
      link(timer);
    }
  }

  /** A timer stands in the slot of the first tick at which it is due. */
  private void link(Timer timer) {
    long tick = Math.max(turnedTo + 1, (timer.dueMillis + TICK_MILLIS - 1) / TICK_MILLIS);
    slots[(int) (tick % SLOTS)].append(timer);
  }

  private void tick() {
    long now = ticker.nanoTime();
    long elapsedMillis = TimeUnit.NANOSECONDS.toMillis(now - tickedAtNanos);
    tickedAtNanos += TimeUnit.MILLISECONDS.toNanos(elapsedMillis);
    boolean standstill = elapsedMillis > STANDSTILL_MILLIS;
    // Before a standstill the loop may have worked for nearly a tick.
    millis += standstill ? TICK_MILLIS : elapsedMillis;
    boolean wakesUp = standstill && !stoodStill;
    stoodStill = standstill;
    if (wakesUp) {
      wokeUp(elapsedMillis);
    } else {
      // A loop that is late at every tick fires its timers, too, by a slower clock.
      long reached = millis;
      loop.schedule(() -> turn(reached), READ_ROUND_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  private void wokeUp(long stillMillis) {
    long now = System.nanoTime();
    long before = LOGGED_AT_NANOS.get();
    boolean isNews =
        before == Long.MIN_VALUE || now - before > TimeUnit.MILLISECONDS.toNanos(LOGGED_MILLIS);
    if (stillMillis > LOGGED_MILLIS && isNews && LOGGED_AT_NANOS.compareAndSet(before, now)) {
      LOG.warn(
          "the process stood still for {} ms (stopped, paused or collecting garbage): timeouts do"
              + " not count this time",
          stillMillis);
    }
    standstillListeners.forEach(listener -> run(() -> listener.accept(stillMillis)));
  }

  /** Fires what is due at this time, which the loop has read its sockets after. */
  private void turn(long reachedMillis) {
    long last = reachedMillis / TICK_MILLIS;
    Timer due = list();
    while (turnedTo < last) {
      turnedTo++;
      Timer head = slots[(int) (turnedTo % SLOTS)];
      Timer timer = head.next;
      while (timer != head) {
        Timer following = timer.next;
        if (timer.dueMillis <= turnedTo * TICK_MILLIS) {
          timer.unlink();
          due.append(timer);
        }
        timer = following;
      }
    }
    // A task may cancel any other one.
    while (!due.isLast()) {
      Timer timer = due.next;
      timer.unlink();
      if (timer.periodMillis > 0) {
        timer.dueMillis = Math.max(timer.dueMillis + timer.periodMillis, reachedMillis);
        link(timer);
      }
      run(timer.task);
    }
  }

  private static void run(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException e) {
      LOG.error("a timer's task failed", e);
    }
  }

  private static Timer list() {
    return new Timer(() -> {}, 0);
  }
}
