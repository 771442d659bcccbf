package io.stentor.limits;

import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** What one source uses. Any thread. */
public final class Usage {
  final Source source;
  final AtomicInteger connections = new AtomicInteger();

  /** Null where there is no limit. */
  final @Nullable Rate arrivals;

  /** Null where there is no limit. */
  final @Nullable Rate messages;

  Usage(Source source, @Nullable Rate arrivals, @Nullable Rate messages) {
    this.source = source;
    this.arrivals = arrivals;
    this.messages = messages;
  }

  /** Whether it may be forgotten. */
  boolean isIdle(long nowNanos) {
    return connections.get() == 0
        && (arrivals == null || arrivals.isFull(nowNanos))
        && (messages == null || messages.isFull(nowNanos));
  }

  /** The source. */
  @Override
  public String toString() {
    return source.toString();
  }
}
