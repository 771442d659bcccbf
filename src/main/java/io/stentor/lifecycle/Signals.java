package io.stentor.lifecycle;

import java.lang.reflect.Proxy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Handles the signals SIGTERM, SIGINT and SIGHUP. The JVM's own handling of SIGTERM and SIGINT, its
 * shutdown hooks, cannot tell a second signal from the first.
 *
 * <p>{@code sun.misc.Signal} remains available in the module {@code jdk.unsupported} for lack of an
 * alternative (JEP 260), but the compiler warns wherever it is named; hence the reflection.
 */
public final class Signals {

  private static final Logger LOG = LoggerFactory.getLogger(Signals.class);

  private Signals() {}

  /** Runs an action at each SIGTERM and SIGINT, on a JVM thread. */
  public static void onStop(Runnable action) {
    on("TERM", action);
    on("INT", action);
  }

  /** Runs an action at each SIGHUP, on a JVM thread. */
  public static void onReload(Runnable action) {
    on("HUP", action);
  }

  private static void on(String name, Runnable action) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object handling =
          Proxy.newProxyInstance(
              handler.getClassLoader(),
              new Class<?>[] {handler},
              (proxy, method, args) -> {
                action.run();
                return null;
              });
      Object named = signal.getConstructor(String.class).newInstance(name);
      signal.getMethod("handle", signal, handler).invoke(null, named, handling);
    } catch (ReflectiveOperationException e) { // -Xrs is set, or the signal is unsupported
      LOG.warn("SIG{} will end this process at once: {}", name, String.valueOf(e.getCause()));
    }
  }
}
