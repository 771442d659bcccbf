package io.stentor.config;

import java.util.function.Supplier;

/**
 * The node's current configuration. A reload replaces it as a whole, so code that uses an option
 * that may change reads it here each time. Any thread.
 */
public final class LiveConfig implements Supplier<Config> {

  private volatile Config now;
  private volatile int largestMessageBytes;

  /** Creates a holder of the initial configuration. */
  public LiveConfig(Config atStart) {
    this.now = atStart;
    this.largestMessageBytes = atStart.largestMessageBytes();
  }

  @Override
  public Config get() {
    return now;
  }

  /**
   * Returns {@link Config#largestMessageBytes} of the current configuration without looking at
   * every rule, because each message that a client sends is compared with it.
   */
  public int largestMessageBytes() {
    return largestMessageBytes;
  }

  /** Replaces the configuration. */
  public void set(Config next) {
    now = next;
    largestMessageBytes = next.largestMessageBytes();
  }
}
