package io.stentor.transport;

import io.stentor.control.Directories;
import java.util.concurrent.atomic.AtomicInteger;

/** How many connections this node has. Any thread. */
public final class Connections {
  private final AtomicInteger open = new AtomicInteger();

  private final Directories directories = new Directories();

  /** Which connections there are, by user. */
  public Directories directories() {
    return directories;
  }

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
