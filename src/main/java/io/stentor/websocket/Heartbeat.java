package io.stentor.websocket;

import io.netty.channel.EventLoop;
import io.stentor.config.WebSocketOptions;
import io.stentor.message.CloseReason;
import io.stentor.timer.TimerWheel;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Finds peers that are gone without a word: pings every connection of one event loop once an
 * interval, spread over its seconds, and closes those that do not answer. A connection keeps the
 * interval and the timeout that it began with, since clients may have been told of them. Belongs to
 * that loop.
 */
public final class Heartbeat {

  /** A connection that can be pinged. */
  public interface Pinged {
    void ping();

    /** Whether anything came from the peer since the last ping. */
    boolean hasAnswered();

    void close(CloseReason reason);

    /** The node is going away: the peer is told so as soon as it owes it nothing. */
    void leave();

    /** Where the heartbeat keeps it. */
    Beat beat();
  }

  /** A connection's place in the heartbeat. */
  public static final class Beat {
    /** Null where it is in none. */
    @Nullable List<Pinged> slot;

    int index;

    /** The second of the last ping. */
    int pinged;
  }

  private final Supplier<WebSocketOptions> options;

  /** The last one takes who comes; the others have who came under other options. */
  private final List<PingWheel> wheels = new ArrayList<>();

  private int now;
  private boolean closed;

  /**
   * Nobody is pinged yet.
   *
   * @param options as they are at the moment
   */
  public Heartbeat(Supplier<WebSocketOptions> options) {
    this.options = options;
    wheels.add(new PingWheel(options.get()));
  }

  public void start(EventLoop loop) {
    TimerWheel.of(loop).every(1000, this::everySecond);
  }

  /** Begins to ping, as the options say at this moment. */
  public void add(Pinged connection) {
    WebSocketOptions asNow = options.get();
    PingWheel last = wheels.get(wheels.size() - 1);
    if (!last.isOf(asNow)) {
      last = new PingWheel(asNow);
      wheels.add(last);
    }
    last.add(connection);
  }

  /** Every connection of this loop. */
  public void forEach(Consumer<Pinged> action) {
    wheels.forEach(wheel -> wheel.forEach(action));
  }

  /** Whether {@link #closeAll} was called: who comes now has to close by itself. */
  public boolean isClosed() {
    return closed;
  }

  /** Closes every connection of this loop. */
  public void closeAll(CloseReason reason) {
    closed = true;
    wheels.forEach(wheel -> wheel.closeAll(reason));
  }

  public void remove(Pinged connection) {
    PingWheel.remove(connection);
  }

  /** Looks after everybody whose second it is. */
  void everySecond() {
    now++;
    wheels.forEach(wheel -> wheel.turn(now));
    if (wheels.size() > 1) {
      wheels.subList(0, wheels.size() - 1).removeIf(PingWheel::isEmpty);
    }
  }
}
