package io.stentor.admission;

import io.stentor.config.LimitOptions;
import org.jspecify.annotations.Nullable;

/** How fast one connection may send: at its own rate and at that of its address. One thread. */
public final class ConnectionRate {
  private final Limits limits;
  private final @Nullable Usage usage;

  /** When the connection's own bucket will be full, see {@link Rate}. */
  private long fullAt;

  private boolean slow;

  ConnectionRate(Limits limits, @Nullable Usage usage) {
    this.limits = limits;
    this.usage = usage;
    this.fullAt = limits.nanoTime();
  }

  /**
   * Takes one frame.
   *
   * @param who for people
   * @return for how many nanoseconds nothing more should be read; mostly 0
   */
  public long take(Object who) {
    LimitOptions options = limits.options();
    long now = limits.nanoTime();
    long own = own(options.messagesPerSecondPerConnection(), now);
    long shared =
        usage == null ? 0 : usage.messages.take(1, options.messagesPerSecondPerAddress(), now);
    long wait = Math.max(own, shared);
    if (wait > 0 && !slow) {
      slow = true;
      limits.met(
          own >= shared
              ? Limit.MESSAGES_PER_SECOND_PER_CONNECTION
              : Limit.MESSAGES_PER_SECOND_PER_ADDRESS,
          own >= shared ? who : usage);
    }
    slow = wait > 0;
    return options.dryRun() ? 0 : wait;
  }

  private long own(int perSecond, long now) {
    if (perSecond == 0) {
      return 0;
    }
    fullAt = now + Math.max(0, fullAt - now) + 1_000_000_000L / perSecond;
    return Math.max(0, fullAt - now - Limits.BURST_SECONDS * 1_000_000_000L);
  }
}
