package io.stentor.connection;

import io.netty.channel.EventLoop;
import io.stentor.config.Config.WebSocketOptions;
import io.stentor.message.CloseReason;
import io.stentor.timer.TimerWheel;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Detects dead peers. Pings every connection of one event loop once per interval, with the pings
 * spread over its seconds, and closes connections that do not respond. A connection keeps the
 * interval and the timeout that it started with, because clients may have been told them. Confined
 * to that loop.
 */
public final class Heartbeat {

  /** A connection that can be pinged. */
  public interface Pinged extends SwapRemoveList.Element {
    void ping();

    /** Returns whether any data has arrived from the peer since the last ping. */
    boolean hasAnswered();

    void close(CloseReason reason);

    /** Closes the connection for a shutdown, once all pending responses to the peer are sent. */
    void leave();

    /** Returns the connection's place in the heartbeat. */
    @Override
    Beat place();
  }

  /** A connection's place in the heartbeat. */
  public static final class Beat extends SwapRemoveList.Place {
    /** Time of the last ping, in seconds of the heartbeat's counter. */
    private int pinged;
  }

  private final Supplier<WebSocketOptions> options;

  /**
   * One schedule per set of options. New connections join the last one; the others hold connections
   * that started with earlier options.
   */
  private final List<Schedule> schedules = new ArrayList<>();

  private int now;
  private boolean closed;

  /**
   * Creates a heartbeat without connections.
   *
   * @param options supplies the current options
   */
  public Heartbeat(Supplier<WebSocketOptions> options) {
    this.options = options;
    schedules.add(new Schedule(options.get()));
  }

  public void start(EventLoop loop) {
    TimerWheel.of(loop).every(1000, this::everySecond);
  }

  /** Adds a connection, to be pinged under the current options. */
  public void add(Pinged connection) {
    WebSocketOptions current = options.get();
    Schedule last = schedules.get(schedules.size() - 1);
    if (!last.isOf(current)) {
      last = new Schedule(current);
      schedules.add(last);
    }
    last.add(connection);
  }

  /** Removes a connection. Idempotent. */
  public void remove(Pinged connection) {
    SwapRemoveList.remove(connection);
  }

  /** Runs the action for every connection of this loop. */
  public void forEach(Consumer<Pinged> action) {
    schedules.forEach(schedule -> schedule.seconds.forEach(second -> second.forEach(action)));
  }

  /** Returns whether {@link #closeAll} was called. A new connection must then close itself. */
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

  /**
   * The connections with the same interval and timeout, grouped by the second in which they are
   * pinged.
   */
  private static final class Schedule {
    private final int intervalSeconds;
    private final int timeoutSeconds;
    private final List<SwapRemoveList<Pinged>> seconds = new ArrayList<>();
    private int nextSecond;

    Schedule(WebSocketOptions options) {
      intervalSeconds = options.pingIntervalSeconds();
      timeoutSeconds = options.pongTimeoutSeconds();
      for (int i = 0; i < Math.max(1, intervalSeconds); i++) {
        seconds.add(new SwapRemoveList<>(0));
      }
    }

    boolean isOf(WebSocketOptions options) {
      return intervalSeconds == options.pingIntervalSeconds()
          && timeoutSeconds == options.pongTimeoutSeconds();
    }

    boolean isEmpty() {
      return seconds.stream().allMatch(SwapRemoveList::isEmpty);
    }

    /** Adds a connection. It is not checked for a timeout before its first ping. */
    void add(Pinged connection) {
      seconds.get(nextSecond).add(connection);
      nextSecond = (nextSecond + 1) % seconds.size();
    }

    /**
     * Closes the connections that have sent nothing within the timeout after a ping, and pings
     * those of this second. A connection that has not responded to its last ping is not pinged
     * again.
     *
     * @param now the current second of the heartbeat's counter
     */
    void turn(int now) {
      if (intervalSeconds == 0) {
        return;
      }
      SwapRemoveList<Pinged> late =
          seconds.get(Math.floorMod(now - timeoutSeconds, seconds.size()));
      for (int i = late.size() - 1; i >= 0; i--) {
        Pinged connection = late.get(i);
        if (!connection.hasAnswered() && now - connection.place().pinged >= timeoutSeconds) {
          connection.close(CloseReason.NO_PONG);
        }
      }
      SwapRemoveList<Pinged> due = seconds.get(Math.floorMod(now, seconds.size()));
      for (int i = due.size() - 1; i >= 0; i--) {
        Pinged connection = due.get(i);
        if (connection.hasAnswered()) {
          connection.place().pinged = now;
          connection.ping();
        }
      }
    }
  }
}
