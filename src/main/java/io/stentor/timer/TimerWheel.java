package io.stentor.timer;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Ticker;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The timers of one event loop: a hashed timer wheel with one tick for all timers, so that a timer
 * costs one object and no entry in a sorted queue.
 *
 * <p>The wheel measures the time in which the loop was able to run. Two guarantees hold for every
 * timer:
 *
 * <ul>
 *   <li>Time in which the loop was stalled does not count: the process was stopped, its virtual
 *       machine was paused, or a garbage collection took long. Clients do not time out because the
 *       server was stalled.
 *   <li>Before a timer fires, the loop has read its sockets at least once after the timer's due
 *       time. After a stall it reads for a whole tick.
 * </ul>
 *
 * Timers fire up to two ticks late, never early. {@link #of}, {@link #after} and {@link #every} may
 * be called on any thread. Tasks run on the loop, and all other methods must be called there.
 */
public final class TimerWheel {

  /** Time between two ticks, in milliseconds. */
  public static final int TICK_MILLIS = 250;

  /** A loop with more time than this between two ticks counts as stalled, in milliseconds. */
  public static final int STANDSTILL_MILLIS = 1000;

  /** Stalls longer than this are logged, in milliseconds. */
  private static final int LOGGED_MILLIS = 3000;

  /**
   * Delay from a tick to firing its timers, in milliseconds. Long enough that the loop reads its
   * sockets in between.
   */
  private static final int READ_ROUND_MILLIS = 1;

  /** Number of slots. Timers of more than 64 s stay in their slot for more than one rotation. */
  private static final int SLOTS = 256;

  private static final Logger LOG = LoggerFactory.getLogger(TimerWheel.class);

  /** Each loop's scheduled tick keeps its wheel alive; this map must not keep either. */
  private static final Map<EventLoop, WeakReference<TimerWheel>> WHEELS = new WeakHashMap<>();

  private static final AtomicLong LOGGED_AT_NANOS = new AtomicLong(Long.MIN_VALUE);

  private final EventLoop loop;
  private final Ticker ticker;
  private final Timer[] slots = new Timer[SLOTS];
  private final List<LongConsumer> standstillListeners = new ArrayList<>(0);
  private long tickedAtNanos;
  private long millis;
  private long turnedTo;
  private boolean stalled;

  /** A scheduled task. */
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

    /** Cancels the task. Idempotent. Must be called on the wheel's loop. */
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

    /** Appends a timer to the list of which this one is the head. */
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
   * Returns the wheel of an event loop. The first call creates and starts it; it stops with the
   * loop. Takes a lock, so callers on hot paths should keep the result.
   */
  public static TimerWheel of(EventLoop loop) {
    synchronized (WHEELS) {
      WeakReference<TimerWheel> known = WHEELS.get(loop);
      TimerWheel wheel = known == null ? null : known.get();
      if (wheel == null) {
        wheel = new TimerWheel(loop);
        WHEELS.put(loop, new WeakReference<>(wheel));
      }
      return wheel;
    }
  }

  /** Returns the wheel of one of the event loops, for work that is not tied to a loop. */
  public static TimerWheel of(Vertx vertx) {
    return of((EventLoop) ((VertxInternal) vertx).nettyEventLoopGroup().iterator().next());
  }

  /**
   * Runs a task once.
   *
   * @param delay in milliseconds of this wheel's time
   */
  public Timer after(long delay, Runnable task) {
    Timer timer = new Timer(task, 0);
    onLoop(() -> add(timer, delay));
    return timer;
  }

  /**
   * Runs a task periodically, the first time after one period. Missed runs are not made up for;
   * during a stall there are none.
   *
   * @param period in milliseconds of this wheel's time
   */
  public Timer every(long period, Runnable task) {
    Timer timer = new Timer(task, period);
    onLoop(() -> add(timer, period));
    return timer;
  }

  /**
   * Registers a listener to be called at the first tick after each stall, before any timer fires.
   *
   * @param listener receives the duration of the stall, in milliseconds
   */
  public void onStandstill(LongConsumer listener) {
    onLoop(() -> standstillListeners.add(listener));
  }

  /** Returns this wheel's time, in milliseconds since its creation. */
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

  /** Puts a timer into the slot of the first tick at which it is due. */
  private void link(Timer timer) {
    long tick = Math.max(turnedTo + 1, (timer.dueMillis + TICK_MILLIS - 1) / TICK_MILLIS);
    slots[(int) (tick % SLOTS)].append(timer);
  }

  private void tick() {
    long now = ticker.nanoTime();
    long elapsedMillis = TimeUnit.NANOSECONDS.toMillis(now - tickedAtNanos);
    tickedAtNanos += TimeUnit.MILLISECONDS.toNanos(elapsedMillis);
    boolean standstill = elapsedMillis > STANDSTILL_MILLIS;
    // The loop may have run for nearly a tick before the stall.
    millis += standstill ? TICK_MILLIS : elapsedMillis;
    boolean resumes = standstill && !stalled;
    stalled = standstill;
    if (resumes) {
      resumed(elapsedMillis);
    } else {
      // A loop that is late at every tick still fires its timers, on a slower clock.
      long reached = millis;
      loop.schedule(() -> turn(reached), READ_ROUND_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  private void resumed(long stalledMillis) {
    long now = System.nanoTime();
    long before = LOGGED_AT_NANOS.get();
    boolean mayLog =
        before == Long.MIN_VALUE || now - before > TimeUnit.MILLISECONDS.toNanos(LOGGED_MILLIS);
    if (stalledMillis > LOGGED_MILLIS && mayLog && LOGGED_AT_NANOS.compareAndSet(before, now)) {
      LOG.warn(
          "the process stood still for {} ms (stopped, paused or collecting garbage): timeouts do"
              + " not count this time",
          stalledMillis);
    }
    standstillListeners.forEach(listener -> run(() -> listener.accept(stalledMillis)));
  }

  /** Fires the timers that are due at this time. The loop has read its sockets since then. */
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
    // A task may cancel any other timer.
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
