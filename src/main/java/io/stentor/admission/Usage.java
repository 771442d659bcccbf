package io.stentor.admission;

import java.util.concurrent.atomic.AtomicInteger;

/** What one source uses. Any thread. */
public final class Usage {
  final ClientNetwork source;
  final AtomicInteger connections = new AtomicInteger();

  final Rate arrivals;
  final Rate messages;

  /** Apart from messages, so that a flood of these does not make a node look dead. */
  final Rate probes;

  Usage(ClientNetwork source, long nowNanos) {
    this.source = source;
    this.arrivals = new Rate(Limits.BURST_SECONDS, nowNanos);
    this.messages = new Rate(Limits.BURST_SECONDS, nowNanos);
    this.probes = new Rate(Limits.BURST_SECONDS, nowNanos);
  }

  /** Whether it may be forgotten. */
  boolean isIdle(long nowNanos) {
    return connections.get() == 0
        && arrivals.isFull(nowNanos)
        && messages.isFull(nowNanos)
        && probes.isFull(nowNanos);
  }

  /** The source. */
  @Override
  public String toString() {
    return source.toString();
  }
}
