package io.stentor.transport;

import java.util.concurrent.atomic.AtomicInteger;

/** How many connections this node has. Any thread. */
public final class Connections {
  private final AtomicInteger open = new AtomicInteger();

  int opened() {
    return open.incrementAndGet();
  }

  int closed() {
    return open.decrementAndGet();
  }

  /** Connections that are open now. */
  public int open() {
    return open.get();
  }
}
