package io.stentor.admission;

import io.netty.channel.EventLoop;
import io.stentor.message.CloseReason;
import io.stentor.timer.TimerWheel;
import java.util.HashMap;
import java.util.Map;

/**
 * Closes clients of the Centrifuge protocol that are not connected in time. A client that does not
 * send {@code connect} is closed with a code after which it does not reconnect. A client that has
 * sent it waits for this node; if that takes too long, it is closed with a code after which it
 * reconnects. Confined to one event loop.
 */
public final class ConnectTimeout {

  /** The client did not send {@code connect} in time. Clients do not reconnect after this. */
  static final CloseReason STALE = new CloseReason(3502, "stale");

  /** A client that may not be connected yet. */
  public interface PendingClient {
    /** Returns whether its {@code connect} was accepted. */
    boolean isConnected();

    /** Returns whether it has sent {@code connect} and has no reply yet. */
    boolean isConnecting();

    void close(CloseReason reason);
  }

  private final TimerWheel wheel;
  private final int seconds;
  private final int connectingSeconds;
  private final Map<PendingClient, TimerWheel.Timer> timers = new HashMap<>();

  /**
   * Creates a timeout without clients.
   *
   * @param seconds the time that a client has to send {@code connect}
   * @param connectingSeconds the time that a client has to be connected, which includes {@code
   *     seconds}
   */
  public ConnectTimeout(EventLoop loop, int seconds, int connectingSeconds) {
    this.wheel = TimerWheel.of(loop);
    this.seconds = seconds;
    this.connectingSeconds = connectingSeconds;
  }

  /** Starts the timeout of a new client. */
  public void add(PendingClient client) {
    setTimer(client, seconds, () -> checkConnecting(client));
  }

  /** Cancels the timeout of a client that has left. Idempotent. */
  public void remove(PendingClient client) {
    TimerWheel.Timer timer = timers.remove(client);
    if (timer != null) {
      timer.cancel();
    }
  }

  private void setTimer(PendingClient client, int afterSeconds, Runnable task) {
    timers.put(
        client,
        wheel.after(
            afterSeconds * 1000L,
            () -> {
              timers.remove(client);
              task.run();
            }));
  }

  private void checkConnecting(PendingClient client) {
    if (client.isConnecting()) {
      setTimer(client, connectingSeconds - seconds, () -> checkConnected(client));
    } else if (!client.isConnected()) {
      client.close(STALE);
    }
  }

  private static void checkConnected(PendingClient client) {
    if (!client.isConnected()) {
      client.close(client.isConnecting() ? CloseReason.INTERNAL : STALE);
    }
  }
}
