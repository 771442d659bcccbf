package io.stentor.config;

import java.util.function.Supplier;

/**
 * The node's current configuration. A reload replaces it as a whole, so code that uses an option
 * that may change reads it here each time. Any thread.
 */
public final class LiveConfig implements Supplier<Config> {

  private volatile Current now;

  /** A configuration, and what is derived from it. */
  private record Current(Config config, int largestMessageBytes) {
    Current(Config config) {
      this(config, config.largestMessageBytes());
    }
  }

  /** Creates a holder of the initial configuration. */
  public LiveConfig(Config atStart) {
    this.now = new Current(atStart);
  }

  @Override
  public Config get() {
    return now.config;
  }

  /**
   * Returns {@link Config#largestMessageBytes} of the current configuration without looking at
   * every rule, because each message that a client sends is compared with it.
   */
  public int largestMessageBytes() {
    return now.largestMessageBytes;
  }

  /** Replaces the configuration. */
  public void set(Config next) {
    now = new Current(next);
  }
}
