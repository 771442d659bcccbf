package io.stentor.protocol.centrifuge;

import io.netty.channel.EventLoop;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The end of something that a token allows for a time, and that a new token may put off. One event
 * loop.
 */
final class Expiry {

  /** How late a client may be with a new token. */
  private static final int GRACE_SECONDS = 25;

  private final EventLoop loop;
  private final Runnable end;
  private long atSeconds;
  private @Nullable Future<?> planned;

  Expiry(EventLoop loop, Runnable end) {
    this.loop = loop;
    this.end = end;
  }

  /**
   * Ends it then and not before.
   *
   * @param seconds since 1970; 0 for never
   */
  void at(long seconds) {
    cancel();
    atSeconds = seconds;
    if (seconds != 0) {
      planned = loop.schedule(end, ttl() + GRACE_SECONDS, TimeUnit.SECONDS);
    }
  }

  /** Tells the client when to come with a new token; nothing where it need not. */
  void tell(JsonLine line) {
    if (atSeconds != 0) {
      line.flag("expires", true).number("ttl", ttl());
    }
  }

  private long ttl() {
    return Math.max(1, atSeconds - System.currentTimeMillis() / 1000);
  }

  void cancel() {
    if (planned != null) {
      planned.cancel(false);
      planned = null;
    }
  }
}
