package io.stentor.admission;

import io.netty.channel.EventLoop;
import io.stentor.message.CloseReason;
import io.stentor.timer.TimerWheel;
import java.util.HashMap;
import java.util.Map;

/**
 * Closes clients of one event loop that are not connected in time. A client that does not ask to be
 * connected is told not to come back. One that has asked waits for this node: if that takes too
 * long, it is closed so that it comes again. Belongs to that loop.
 */
public final class ConnectTimeout {

  /** The client did not ask to be connected. Clients do not come back after this. */
  static final CloseReason STALE = new CloseReason(3502, "stale");

  /** A client. */
  public interface Newcomer {
    /** Whether it was told that it is connected. */
    boolean isConnected();

    /** Whether it has asked to be connected, and was not answered yet. */
    boolean isConnecting();

    void close(CloseReason reason);
  }

  private final TimerWheel wheel;
  private final int seconds;
  private final int connectingSeconds;
  private final Map<Newcomer, TimerWheel.Timer> timers = new HashMap<>();

  /**
   * Creates a timeout without clients.
   *
   * @param seconds how long a client may take to ask
   * @param connectingSeconds how long asking and connecting may take together
   */
  public ConnectTimeout(EventLoop loop, int seconds, int connectingSeconds) {
    this.wheel = TimerWheel.of(loop);
    this.seconds = seconds;
    this.connectingSeconds = connectingSeconds;
  }

  /** Starts the time of a new client. */
  public void add(Newcomer client) {
    setTimer(client, seconds, () -> checkAsked(client));
  }

  /** Forgets a client that has left. Idempotent. */
  public void remove(Newcomer client) {
    TimerWheel.Timer timer = timers.remove(client);
    if (timer != null) {
      timer.cancel();
    }
  }

  private void setTimer(Newcomer client, int afterSeconds, Runnable task) {
    timers.put(
        client,
        wheel.after(
            afterSeconds * 1000L,
            () -> {
              timers.remove(client);
              task.run();
            }));
  }

  private void checkAsked(Newcomer client) {
    if (client.isConnecting()) {
      setTimer(client, connectingSeconds - seconds, () -> checkConnected(client));
    } else if (!client.isConnected()) {
      client.close(STALE);
    }
  }

  private static void checkConnected(Newcomer client) {
    if (!client.isConnected()) {
      client.close(client.isConnecting() ? CloseReason.INTERNAL : STALE);
    }
  }
}
