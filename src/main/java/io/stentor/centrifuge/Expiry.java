package io.stentor.centrifuge;

import io.stentor.centrifuge.codec.ObjectWriter;
import io.stentor.identity.Expiries;
import org.jspecify.annotations.Nullable;

/**
 * The expiry of a connection or subscription, which a new token postpones. Confined to one event
 * loop.
 */
final class Expiry {

  /** 68 years. Some SDKs read 32 bits and fail permanently if the number is greater. */
  private static final long MAX_TTL_SECONDS = Integer.MAX_VALUE;

  private final Expiries expiries;
  private final Runnable whenExpired;
  private long atSeconds;
  private Expiries.@Nullable ScheduledExpiry scheduled;

  /** Creates an expiry without a time. */
  Expiry(Expiries expiries, Runnable whenExpired) {
    this.expiries = expiries;
    this.whenExpired = whenExpired;
  }

  /**
   * Sets the time of the expiry.
   *
   * @param seconds since 1970; 0 for never
   */
  void at(long seconds) {
    cancel();
    atSeconds = seconds;
    scheduled = expiries.add(seconds, whenExpired);
  }

  /** Writes the time until the expiry, in seconds; nothing for never. */
  void write(ObjectWriter out) {
    if (atSeconds != 0 && !expiries.isSuspended()) {
      long seconds = Math.max(1, atSeconds - expiries.nowSeconds());
      out.flag("expires", true).number("ttl", Math.min(seconds, MAX_TTL_SECONDS));
    }
  }

  void cancel() {
    expiries.remove(scheduled);
    scheduled = null;
  }
}
