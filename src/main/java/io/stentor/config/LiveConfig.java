package io.stentor.config;

import java.util.function.Supplier;

/**
 * The node's current configuration. A reload replaces it as a whole, so code that uses an option
 * that may change reads it here each time. Any thread.
 */
public final class LiveConfig implements Supplier<Config> {

  private volatile Config now;

  /** Creates a holder of the initial configuration. */
  public LiveConfig(Config atStart) {
    this.now = atStart;
  }

  @Override
  public Config get() {
    return now;
  }

  /** Replaces the configuration. */
  public void set(Config next) {
    now = next;
  }
}
