package io.stentor;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sun.misc.Signal;

/**
 * What other processes tell this one. The JVM's own answer to SIGTERM and SIGINT, its shutdown
 * hooks, cannot tell a second one from the first.
 */
final class Signals {

  private static final Logger LOG = LoggerFactory.getLogger(Signals.class);

  private Signals() {}

  /** Has something done at each SIGTERM and SIGINT, on a thread of the JVM's. */
  static void onStop(Runnable action) {
    on("TERM", action);
    on("INT", action);
  }

  @SuppressWarnings("sunapi") // the module jdk.unsupported keeps it for want of anything else
  private static void on(String name, Runnable action) {
    try {
      Signal.handle(new Signal(name), signal -> action.run());
    } catch (IllegalArgumentException e) { // the JVM runs with -Xrs, or the system lacks it
      LOG.warn("SIG{} will end this process at once: {}", name, e.getMessage());
    }
  }
}
