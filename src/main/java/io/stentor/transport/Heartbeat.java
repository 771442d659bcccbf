package io.stentor.transport;

import io.netty.channel.EventLoop;
import io.stentor.config.WebSocketOptions;
import io.stentor.message.CloseReason;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Finds peers that are gone without a word: pings every connection of one event loop once an
 * interval, spread over its seconds, and closes those that do not answer. Belongs to that loop.
 */
final class Heartbeat {

  /** A connection that can be pinged. */
  interface Pinged {
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
  static final class Beat {
    private int second = -1;
    private int index;

    /** The second of the last ping. */
    private int pinged;
  }

  private final int timeoutSeconds;
  private final boolean pings;
  private final List<List<Pinged>> seconds = new ArrayList<>();
  private int now;
  private int nextSecond;
  private boolean closed;

  Heartbeat(WebSocketOptions options) {
    timeoutSeconds = options.pongTimeoutSeconds();
    pings = options.pingIntervalSeconds() > 0;
    for (int i = 0; i < Math.max(1, options.pingIntervalSeconds()); i++) {
      seconds.add(new ArrayList<>());
    }
  }

  void start(EventLoop loop) {
    if (pings) {
      loop.scheduleAtFixedRate(this::everySecond, 1, 1, TimeUnit.SECONDS);
    }
  }

  /** Begins to ping. A connection just added is not looked at before it was pinged. */
  void add(Pinged connection) {
    Beat beat = connection.beat();
    beat.second = nextSecond;
    beat.index = seconds.get(nextSecond).size();
    seconds.get(nextSecond).add(connection);
    nextSecond = (nextSecond + 1) % seconds.size();
  }

  /** Every connection of this loop. */
  void forEach(Consumer<Pinged> action) {
    seconds.forEach(second -> second.forEach(action));
  }

  /** Whether {@link #closeAll} was called: who comes now has to close by itself. */
  boolean isClosed() {
    return closed;
  }

  /** Closes every connection of this loop. */
  void closeAll(CloseReason reason) {
    closed = true;
    for (List<Pinged> second : seconds) {
      List.copyOf(second).forEach(connection -> connection.close(reason));
    }
  }

  void remove(Pinged connection) {
    Beat beat = connection.beat();
    if (beat.second >= 0) {
      List<Pinged> second = seconds.get(beat.second);
      Pinged last = second.remove(second.size() - 1);
      if (last != connection) {
        second.set(beat.index, last);
        last.beat().index = beat.index;
      }
      beat.second = -1;
    }
  }

  /**
   * Closes the connections that have been silent for a timeout since a ping, and pings those of
   * this second. A connection that still owes an answer is not pinged again.
   */
  void everySecond() {
    now++;
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
