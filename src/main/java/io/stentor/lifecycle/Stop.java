package io.stentor.lifecycle;

import io.stentor.logging.LoggingSetup;
import io.vertx.core.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends the process: the first request drains the node and stops it, the second cuts the drain
 * short. A node that is still starting is stopped as soon as it runs.
 */
public final class Stop {

  private static final Logger LOG = LoggerFactory.getLogger(Stop.class);

  private static final int STOPPED = 0;
  private static final int NOT_STOPPED = 1;

  private final Future<Node> node;
  private final int timeoutSeconds;
  private final AtomicBoolean asked = new AtomicBoolean();

  /**
   * Creates an end that nobody has asked for yet.
   *
   * @param node the node, once it runs
   * @param timeoutSeconds the process ends after this long, whatever is not done by then; holds
   *     until the node runs, which then has a timeout of its own
   */
  public Stop(Future<Node> node, int timeoutSeconds) {
    this.node = node;
    this.timeoutSeconds = timeoutSeconds;
  }

  /** Asks for the end. Any thread; does not wait. */
  public void ask() {
    if (asked.compareAndSet(false, true)) {
      new Thread(this::end, "stop").start();
    } else {
      node.onSuccess(Node::hasten);
    }
  }

  /** Halts, since the JVM's own way out would exit with 143. */
  private void end() {
    int code = NOT_STOPPED;
    int seconds = node.succeeded() ? node.result().stopTimeoutSeconds() : timeoutSeconds;
    try {
      node.compose(Node::stop).await(seconds, TimeUnit.SECONDS);
      code = STOPPED;
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
