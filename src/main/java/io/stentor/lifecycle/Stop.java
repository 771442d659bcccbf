package io.stentor.lifecycle;

import io.stentor.Main;
import io.stentor.logging.LoggingSetup;
import io.vertx.core.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The end of a process: the first request lets the node take its leave, the second hastens it. A
 * node that is still starting is stopped as soon as it runs.
 */
public final class Stop {

  private static final Logger LOG = LoggerFactory.getLogger(Stop.class);

  private final Future<Node> node;
  private final int timeoutSeconds;
  private final AtomicBoolean asked = new AtomicBoolean();

  /**
   * Nothing is asked yet.
   *
   * @param node the node, once it runs
   * @param timeoutSeconds the process ends after this long, whatever is not done by then; a node
   *     that runs says itself how long
   */
  public Stop(Future<Node> node, int timeoutSeconds) {
    this.node = node;
    this.timeoutSeconds = timeoutSeconds;
  }

  /** Somebody wants the process to end. Any thread; does not wait. */
  public void ask() {
    if (asked.compareAndSet(false, true)) {
      new Thread(this::end, "stop").start();
    } else {
      node.onSuccess(Node::hasten);
    }
  }

  /** Halts, since the JVM's own way out would exit with 143. */
  private void end() {
    int code = Main.CANNOT_STOP;
    int seconds = node.succeeded() ? node.result().stopTimeoutSeconds() : timeoutSeconds;
    try {
      node.compose(Node::stop).await(seconds, TimeUnit.SECONDS);
      code = Main.OK;
      LOG.info("stopped");
    } catch (TimeoutException e) {
      LOG.warn("stopped, but not everything was closed within {} s", seconds);
    } catch (Exception e) { // await throws whatever the future failed with, checked or not
      LOG.warn("stopped, but not cleanly: {}", String.valueOf(e.getMessage()));
      LOG.debug("Stopping failed", e);
    } finally {
      LoggingSetup.close();
    }
    Runtime.getRuntime().halt(code);
  }
}
