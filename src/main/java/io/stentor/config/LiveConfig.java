package io.stentor.config;

import java.util.function.Supplier;

/**
 * The configuration that a node has at this moment. It is replaced as a whole when its files have
 * changed, so what may change while a node runs is asked for each time that it is used. Any thread.
 */
public final class LiveConfig implements Supplier<Config> {

  private volatile Config now;

  /** Begins with the configuration of the start. */
  public LiveConfig(Config atStart) {
    this.now = atStart;
  }

  @Override
  public Config get() {
    return now;
  }

  /** From now on another one holds. */
  public void set(Config next) {
    now = next;
  }
}
