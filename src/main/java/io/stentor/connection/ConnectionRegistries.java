package io.stentor.connection;

import io.netty.channel.EventLoop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;

/** The directories of all event loops of this node. Any thread. */
public final class ConnectionRegistries {

  private static final int CHECKED_AT_ONCE = 500;

  private record Shelf(EventLoop loop, ConnectionRegistry directory) {}

  private final List<Shelf> shelves = new CopyOnWriteArrayList<>();

  /** None yet. */
  public ConnectionRegistries() {}

  /** The directory of one more event loop. */
  public ConnectionRegistry add(EventLoop loop) {
    ConnectionRegistry directory = new ConnectionRegistry();
    shelves.add(new Shelf(loop, directory));
    return directory;
  }

  /**
   * Does something with each directory, on its event loop.
   *
   * @return what came of it, when all have done it; completes on any thread
   */
  public <T> Future<List<T>> each(Function<ConnectionRegistry, Future<T>> task) {
    List<Future<T>> done = new ArrayList<>();
    for (Shelf shelf : shelves) {
      Promise<T> promise = Promise.promise();
      try {
        shelf.loop.execute(() -> run(task, shelf.directory, promise));
      } catch (RejectedExecutionException e) { // The node stops, and its connections end.
        promise.fail(e);
      }
      done.add(promise.future());
    }
    return Future.all(done).map(all -> all.list());
  }

  /**
   * Has every connection of this node checked against the present configuration, on its event loop.
   * Does not wait. A loop checks {@value #CHECKED_AT_ONCE} of its connections in a row, and serves
   * others in between.
   */
  public void recheck() {
    for (Shelf shelf : shelves) {
      try {
        shelf.loop.execute(() -> recheck(shelf.loop, shelf.directory.all(), 0));
      } catch (RejectedExecutionException e) { // The node stops, and its connections end.
        return;
      }
    }
  }

  private static void recheck(EventLoop loop, List<ControllableConnection> all, int from) {
    int to = Math.min(all.size(), from + CHECKED_AT_ONCE);
    all.subList(from, to).forEach(ControllableConnection::recheck);
    if (to < all.size()) {
      loop.execute(() -> recheck(loop, all, to));
    }
  }

  private static <T> void run(
      Function<ConnectionRegistry, Future<T>> task,
      ConnectionRegistry directory,
      Promise<T> promise) {
    try {
      task.apply(directory).onComplete(promise);
    } catch (RuntimeException e) {
      promise.fail(e);
    }
  }
}
