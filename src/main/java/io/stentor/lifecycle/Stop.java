package io.stentor.lifecycle;

import io.stentor.logging.LoggingSetup;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends the process. The first request drains and stops the node; further requests cut the drain
 * short. The start of a node that is still starting is cancelled.
 */
public final class Stop {

  private static final Logger LOG = LoggerFactory.getLogger(Stop.class);

  private static final int STOPPED = 0;
  private static final int NOT_STOPPED = 1;

  private final Future<Node> node;
  private final Promise<Void> cancelled;
  private final int timeoutSeconds;
  private final AtomicBoolean asked = new AtomicBoolean();
  private volatile boolean failed;

  /**
   * Creates a stop that has not been requested.
   *
   * @param node the node, once it runs; fails with {@link CancellationException} if its start was
   *     cancelled
   * @param cancelled cancels the start
   * @param timeoutSeconds the process ends after this time even if closing has not finished; used
   *     until the node runs, which then supplies its own timeout
   */
  public Stop(Future<Node> node, Promise<Void> cancelled, int timeoutSeconds) {
    this.node = node;
    this.cancelled = cancelled;
    this.timeoutSeconds = timeoutSeconds;
  }

  /** Stops the process if the node fails while it runs. */
  public void watch() {
    node.onSuccess(running -> running.onFailure(this::fail));
  }

  /** Requests the stop. Any thread; returns at once. */
  public void ask() {
    if (asked.compareAndSet(false, true)) {
      new Thread(this::end, "stop").start();
    } else {
      node.onSuccess(Node::hasten);
    }
  }

  /** Requests the stop because the node cannot go on. The process ends with 1. Any thread. */
  void fail() {
    failed = true;
    if (!asked.get()) {
      ask();
    }
  }

  /** Stops the node and halts the JVM: its normal exit after a signal would return 143. */
  private void end() {
    int code = NOT_STOPPED;
    int seconds = node.succeeded() ? node.result().stopTimeoutSeconds() : timeoutSeconds;
    cancelled.tryComplete();
    try {
      node.compose(Node::stop).await(seconds, TimeUnit.SECONDS);
      code = failed ? NOT_STOPPED : STOPPED;
      LOG.info("stopped");
    } catch (CancellationException e) {
      code = STOPPED;
      LOG.info("stopped while starting");
    } catch (TimeoutException e) {
      LOG.warn("stopped, but not everything was closed within {} s", seconds);
    } catch (Throwable e) { // await throws whatever the future failed with, checked or not
      LOG.warn("stopped, but not cleanly: {}", String.valueOf(e.getMessage()));
      LOG.debug("Stopping failed", e);
    } finally {
      LoggingSetup.close();
    }
    Runtime.getRuntime().halt(code);
  }
}
