package io.stentor.transport;

import io.netty.channel.EventLoop;
import io.stentor.message.CloseReason;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Clients of one event loop that have come and are not connected yet: each has a time for that,
 * then it has to go. One tick a second for all. Belongs to that loop.
 */
final class Newcomers {

  /** The client did not say who it is. */
  static final CloseReason STALE = new CloseReason(3502, "stale");

  /** A client. */
  interface Newcomer {
    /** Whether it is none any more. */
    boolean isConnected();

    void close(CloseReason reason);
  }

  private final int seconds;

  /** Since when, the longest first. */
  private final Map<Newcomer, Integer> since = new LinkedHashMap<>();

  private int now;

  /**
   * Nobody yet.
   *
   * @param seconds how long a client may take
   */
  Newcomers(int seconds) {
    this.seconds = seconds;
  }

  void start(EventLoop loop) {
    loop.scheduleAtFixedRate(this::everySecond, 1, 1, TimeUnit.SECONDS);
  }

  void add(Newcomer client) {
    since.put(client, now);
  }

  /** The client is gone. Once more does no harm. */
  void remove(Newcomer client) {
    since.remove(client);
  }

  /** Closes those whose time is over and who are not connected. */
  void everySecond() {
    now++;
    List<Newcomer> late = new ArrayList<>();
    Iterator<Map.Entry<Newcomer, Integer>> longest = since.entrySet().iterator();
    while (longest.hasNext()) {
      Map.Entry<Newcomer, Integer> next = longest.next();
      if (now - next.getValue() <= seconds) {
        break;
      }
      late.add(next.getKey());
      longest.remove();
    }
    for (Newcomer client : late) {
      if (!client.isConnected()) {
        client.close(STALE);
      }
    }
  }
}
