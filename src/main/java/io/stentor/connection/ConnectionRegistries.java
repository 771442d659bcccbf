package io.stentor.connection;

import io.netty.channel.EventLoop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;

/** The connections of this node: a {@link ConnectionRegistry} per event loop. Any thread. */
public final class ConnectionRegistries {

  private static final int MAX_CHECKED_AT_ONCE = 500;

  private record PerLoop(EventLoop loop, ConnectionRegistry registry) {}

  private final List<PerLoop> entries = new CopyOnWriteArrayList<>();

  /** Creates and adds the registry of an event loop. */
  public ConnectionRegistry add(EventLoop loop) {
    ConnectionRegistry registry = new ConnectionRegistry();
    entries.add(new PerLoop(loop, registry));
    return registry;
  }

  /**
   * Runs a task with each registry, on its event loop.
   *
   * @return the results of all tasks; completes on any thread, and fails if a task fails or an
   *     event loop has shut down
   */
  public <T> Future<List<T>> each(Function<ConnectionRegistry, Future<T>> task) {
    List<Future<T>> done = new ArrayList<>();
    for (PerLoop entry : entries) {
      Promise<T> promise = Promise.promise();
      try {
        entry.loop.execute(() -> run(task, entry.registry, promise));
      } catch (RejectedExecutionException e) { // The node is stopping, which ends its connections.
        promise.fail(e);
      }
      done.add(promise.future());
    }
    return Future.all(done).map(all -> all.list());
  }

  /**
   * Checks every connection of this node against the current configuration, on its event loop.
   * Returns without waiting. A loop checks {@value #MAX_CHECKED_AT_ONCE} connections at a time and
   * runs other tasks in between.
   */
  public void recheck() {
    for (PerLoop entry : entries) {
      try {
        entry.loop.execute(() -> recheck(entry.loop, entry.registry.all(), 0));
      } catch (RejectedExecutionException e) { // The node is stopping, which ends its connections.
        return;
      }
    }
  }

  private static void recheck(EventLoop loop, List<ControllableConnection> all, int from) {
    int to = Math.min(all.size(), from + MAX_CHECKED_AT_ONCE);
    all.subList(from, to).forEach(ControllableConnection::recheck);
    if (to < all.size()) {
      loop.execute(() -> recheck(loop, all, to));
    }
  }

  private static <T> void run(
      Function<ConnectionRegistry, Future<T>> task,
      ConnectionRegistry registry,
      Promise<T> promise) {
    try {
      task.apply(registry).onComplete(promise);
    } catch (RuntimeException e) {
      promise.fail(e);
    }
  }
}
