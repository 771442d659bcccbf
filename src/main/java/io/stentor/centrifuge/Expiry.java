package io.stentor.centrifuge;

import io.stentor.identity.Expiries;
import io.stentor.json.JsonWriter;
import org.jspecify.annotations.Nullable;

/**
 * The end of something that a token allows for a time, and that a new token may put off. One event
 * loop.
 */
final class Expiry {

  /** Some SDKs read a number of 32 bits, and stop for good at a greater one. 68 years. */
  private static final long MAX_TTL_SECONDS = Integer.MAX_VALUE;

  private final Expiries expiries;
  private final Runnable end;
  private long atSeconds;
  private Expiries.@Nullable Term term;

  /**
   * Without an end.
   *
   * @param expiries with the grace that clients have for a new token
   */
  Expiry(Expiries expiries, Runnable end) {
    this.expiries = expiries;
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
    term = expiries.add(seconds, end);
  }

  /** Tells the client when to come with a new token; nothing where it need not. */
  void tell(JsonWriter line) {
    if (atSeconds != 0 && !expiries.isSuspended()) {
      long seconds = Math.max(1, atSeconds - expiries.nowSeconds());
      line.flag("expires", true).number("ttl", Math.min(seconds, MAX_TTL_SECONDS));
    }
  }

  void cancel() {
    expiries.remove(term);
    term = null;
  }
}
