package io.stentor.room;

import io.stentor.message.RoomName;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Looks after the feeds of one loop, so that none needs a timer of its own: compares each with the
 * log now and then, and ends those that nobody has used for a while.
 */
final class FeedKeeper {

  /** About how often a feed is compared with the log. */
  static final int CHECK_SECONDS = 20;

  /**
   * How long a feed without tails stays, since registering it again is far dearer than keeping it.
   */
  static final int LINGER_SECONDS = 10;

  private final Loop loop;
  private final Map<RoomName, Integer> unusedSeconds = new LinkedHashMap<>();

  FeedKeeper(Loop loop) {
    this.loop = loop;
  }

  void start() {
    loop.every(1000, this::everySecond);
  }

  /** Each feed is checked with a chance that makes it every {@link #CHECK_SECONDS} on average. */
  private void everySecond() {
    Iterator<Feed> feeds = loop.feeds.values().iterator();
    while (feeds.hasNext()) {
      Feed feed = feeds.next();
      if (!feed.isUnused()) {
        unusedSeconds.remove(feed.room());
        if (ThreadLocalRandom.current().nextInt(CHECK_SECONDS) == 0) {
          feed.check();
        }
      } else if (unusedSeconds.merge(feed.room(), 1, Integer::sum) >= LINGER_SECONDS) {
        unusedSeconds.remove(feed.room());
        feeds.remove();
        feed.close();
      }
    }
  }
}
