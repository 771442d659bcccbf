package io.stentor.lifecycle;

import java.lang.reflect.Proxy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What other processes tell this one. The JVM's own answer to SIGTERM and SIGINT, its shutdown
 * hooks, cannot tell a second one from the first.
 *
 * <p>{@code sun.misc.Signal} is kept in the module {@code jdk.unsupported} for want of anything
 * else (JEP 260), but the compiler warns of it wherever it is named.
 */
public final class Signals {

  private static final Logger LOG = LoggerFactory.getLogger(Signals.class);

  private Signals() {}

  /** Has something done at each SIGTERM and SIGINT, on a thread of the JVM's. */
  public static void onStop(Runnable action) {
    on("TERM", action);
    on("INT", action);
  }

  /** Has something done at each SIGHUP, on a thread of the JVM's. */
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
    } catch (ReflectiveOperationException e) { // the JVM runs with -Xrs, or the system lacks it
      LOG.warn("SIG{} will end this process at once: {}", name, String.valueOf(e.getCause()));
    }
  }
}
