package io.stentor.admission;

import io.netty.channel.EventLoop;
import io.stentor.message.CloseReason;
import io.stentor.timer.TimerWheel;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Clients of one event loop that have come and are not connected yet. A client that does not ask to
 * be connected in time is closed for good. One that has asked is waited on by this node, not the
 * other way round: where connecting takes too long, it is closed so that it comes again. Belongs to
 * that loop.
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

  private final int seconds;
  private final int connectingSeconds;

  /** Since when, the longest first. */
  private final Map<Newcomer, Integer> since = new LinkedHashMap<>();

  /** Of those that were connecting when their time was over: since when they had come. */
  private final Map<Newcomer, Integer> connecting = new LinkedHashMap<>();

  private int now;

  /**
   * No clients yet.
   *
   * @param seconds how long a client may take to ask
   * @param connectingSeconds how long the asking and the connecting may take together
   */
  public ConnectTimeout(int seconds, int connectingSeconds) {
    this.seconds = seconds;
    this.connectingSeconds = connectingSeconds;
  }

  public void start(EventLoop loop) {
    TimerWheel.of(loop).every(1000, this::everySecond);
  }

  public void add(Newcomer client) {
    since.put(client, now);
  }

  /** The client is gone. Idempotent. */
  public void remove(Newcomer client) {
    since.remove(client);
    connecting.remove(client);
  }

  /** Closes those whose time is over and who are not connected. */
  void everySecond() {
    now++;
    takeLate(connecting, connectingSeconds)
        .forEach(
            (client, came) -> {
              if (!client.isConnected()) {
                client.close(client.isConnecting() ? CloseReason.INTERNAL : STALE);
              }
            });
    takeLate(since, seconds)
        .forEach(
            (client, came) -> {
              if (client.isConnecting()) {
                connecting.put(client, came);
              } else if (!client.isConnected()) {
                client.close(STALE);
              }
            });
  }

  private Map<Newcomer, Integer> takeLate(Map<Newcomer, Integer> clients, int limitSeconds) {
    Map<Newcomer, Integer> late = new LinkedHashMap<>();
    Iterator<Map.Entry<Newcomer, Integer>> longest = clients.entrySet().iterator();
    while (longest.hasNext()) {
      Map.Entry<Newcomer, Integer> next = longest.next();
      if (now - next.getValue() <= limitSeconds) {
        break;
      }
      late.put(next.getKey(), next.getValue());
      longest.remove();
    }
    return late;
  }
}
