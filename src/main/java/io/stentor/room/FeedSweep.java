package io.stentor.room;

import io.stentor.message.RoomName;
import java.util.Iterator;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;

/**
 * Looks after the feeds of one loop, so that none needs a timer of its own: compares each with the
 * log now and then, and ends those that nobody has used for a while.
 */
final class FeedSweep {

  /** Longest time between two comparisons of a feed with the log. */
  static final int CHECK_SECONDS = 20;

  /**
   * How long a feed without tails stays, since registering it again is far dearer than keeping it.
   */
  static final int LINGER_SECONDS = 10;

  private final Loop loop;
  private final Consumer<RoomName> unused;

  /** Tells which rooms nobody uses any more. */
  FeedSweep(Loop loop, Consumer<RoomName> unused) {
    this.loop = loop;
    this.unused = unused;
  }

  void start() {
    loop.every(1000, this::everySecond);
  }

  private void everySecond() {
    int used = 0;
    Iterator<Feed> feeds = loop.feeds.values().iterator();
    while (feeds.hasNext()) {
      Feed feed = feeds.next();
      if (feed.isUnused()) {
        if (++feed.unusedSeconds >= LINGER_SECONDS) {
          feeds.remove();
          unused.accept(feed.room());
          feed.close();
        }
      } else {
        used++;
        feed.unusedSeconds = 0;
        if (--feed.secondsToCheck <= 0) {
          feed.secondsToCheck = secondsToCheck();
          feed.stays = true;
          feed.check();
        }
      }
    }
    loop.feedsInUse = used;
  }

  /** Spread, so that rooms that were joined together are not all checked in the same second. */
  static int secondsToCheck() {
    return ThreadLocalRandom.current().nextInt(CHECK_SECONDS / 2, CHECK_SECONDS + 1);
  }
}
