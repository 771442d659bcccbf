package io.stentor.connection;

import io.netty.channel.EventLoop;
import io.stentor.config.Config.WebSocketOptions;
import io.stentor.message.CloseReason;
import io.stentor.timer.TimerWheel;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Detects dead peers: pings every connection of one event loop once an interval, spread over its
 * seconds, and closes those that do not answer. A connection keeps the interval and the timeout
 * that it started with, since clients may have been told them. Belongs to that loop.
 */
public final class Heartbeat {

  /** A connection that can be pinged. */
  public interface Pinged {
    void ping();

    /** Whether anything came from the peer since the last ping. */
    boolean hasAnswered();

    void close(CloseReason reason);

    /** Closes the connection for a shutdown, as soon as nothing is owed to the peer. */
    void leave();

    /** The connection's place in the heartbeat. */
    Beat beat();
  }

  /** A connection's place in the heartbeat. */
  public static final class Beat {
    /** Null where it is in none. */
    private @Nullable List<Pinged> slot;

    private int index;

    /** The second of the last ping. */
    private int pinged;
  }

  private final Supplier<WebSocketOptions> options;

  /** New connections go to the last one; the others have those that came under other options. */
  private final List<Schedule> schedules = new ArrayList<>();

  private int now;
  private boolean closed;

  /**
   * Creates a heartbeat without connections.
   *
   * @param options the current ones
   */
  public Heartbeat(Supplier<WebSocketOptions> options) {
    this.options = options;
    schedules.add(new Schedule(options.get()));
  }

  public void start(EventLoop loop) {
    TimerWheel.of(loop).every(1000, this::everySecond);
  }

  /** Pings a connection from now on, under the current options. */
  public void add(Pinged connection) {
    WebSocketOptions current = options.get();
    Schedule last = schedules.get(schedules.size() - 1);
    if (!last.isOf(current)) {
      last = new Schedule(current);
      schedules.add(last);
    }
    last.add(connection);
  }

  /** Forgets a connection. Idempotent. */
  public void remove(Pinged connection) {
    Beat beat = connection.beat();
    List<Pinged> slot = beat.slot;
    if (slot != null) {
      Pinged last = slot.remove(slot.size() - 1);
      if (last != connection) {
        slot.set(beat.index, last);
        last.beat().index = beat.index;
      }
      beat.slot = null;
    }
  }

  /** Every connection of this loop. */
  public void forEach(Consumer<Pinged> action) {
    schedules.forEach(schedule -> schedule.seconds.forEach(second -> second.forEach(action)));
  }

  /** Whether {@link #closeAll} was called: a new connection then has to close by itself. */
  public boolean isClosed() {
    return closed;
  }

  /** Closes every connection of this loop. */
  public void closeAll(CloseReason reason) {
    closed = true;
    List<Pinged> all = new ArrayList<>();
    forEach(all::add);
    all.forEach(connection -> connection.close(reason));
  }

  void everySecond() {
    now++;
    schedules.forEach(schedule -> schedule.turn(now));
    if (schedules.size() > 1) {
      schedules.subList(0, schedules.size() - 1).removeIf(Schedule::isEmpty);
    }
  }

  /** The connections with one interval and timeout, by the second in which they are pinged. */
  private static final class Schedule {
    private final int intervalSeconds;
    private final int timeoutSeconds;
    private final List<List<Pinged>> seconds = new ArrayList<>();
    private int nextSecond;

    Schedule(WebSocketOptions options) {
      intervalSeconds = options.pingIntervalSeconds();
      timeoutSeconds = options.pongTimeoutSeconds();
      for (int i = 0; i < Math.max(1, intervalSeconds); i++) {
        seconds.add(new ArrayList<>());
      }
    }

    boolean isOf(WebSocketOptions options) {
      return intervalSeconds == options.pingIntervalSeconds()
          && timeoutSeconds == options.pongTimeoutSeconds();
    }

    boolean isEmpty() {
      return seconds.stream().allMatch(List::isEmpty);
    }

    /** A new connection is not checked before its first ping. */
    void add(Pinged connection) {
      Beat beat = connection.beat();
      beat.slot = seconds.get(nextSecond);
      beat.index = beat.slot.size();
      beat.slot.add(connection);
      nextSecond = (nextSecond + 1) % seconds.size();
    }

    /**
     * Closes the connections that have been silent for a timeout since a ping, and pings those of
     * this second. A connection that still owes an answer is not pinged again.
     *
     * @param now a count of seconds
     */
    void turn(int now) {
      if (intervalSeconds == 0) {
        return;
      }
      List<Pinged> late = seconds.get(Math.floorMod(now - timeoutSeconds, seconds.size()));
      for (int i = late.size() - 1; i >= 0; i--) {
        Pinged connection = late.get(i);
        if (!connection.hasAnswered() && now - connection.beat().pinged >= timeoutSeconds) {
          connection.close(CloseReason.NO_PONG);
        }
      }
      List<Pinged> due = seconds.get(Math.floorMod(now, seconds.size()));
      for (int i = due.size() - 1; i >= 0; i--) {
        Pinged connection = due.get(i);
        if (connection.hasAnswered()) {
          connection.beat().pinged = now;
          connection.ping();
        }
      }
    }
  }
}
