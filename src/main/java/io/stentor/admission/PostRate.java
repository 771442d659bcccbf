package io.stentor.admission;

import io.stentor.config.LimitOptions;

/**
 * How fast one connection may send by requests, which nobody can read more slowly: they are taken
 * whole or refused. Any thread.
 */
public final class PostRate {
  private final Limits limits;
  private final Rate rate;

  /** A connection that has sent nothing. */
  public PostRate(Limits limits) {
    this.limits = limits;
    this.rate = new Rate(Limits.BURST_SECONDS, limits.nanoTime());
  }

  /**
   * Takes what one request holds, unless requests before have used up what the connection may send;
   * what is more than that delays the requests that follow.
   *
   * @param messages at least 1
   * @param who for people
   * @return 0 where they were taken; else after how many nanoseconds a request would be
   */
  public long tryTake(int messages, Object who) {
    LimitOptions options = limits.options();
    int perSecond = options.messagesPerSecondPerConnection();
    long wait = rate.tryTakeFrom(messages, perSecond, limits.nanoTime());
    if (wait > 0) {
      limits.met(Limit.MESSAGES_PER_SECOND_PER_CONNECTION, who);
    }
    return options.dryRun() ? 0 : wait;
  }
}
