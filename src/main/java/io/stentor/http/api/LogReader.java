package io.stentor.http.api;

import io.netty.channel.EventLoop;
import io.stentor.history.Page;
import io.stentor.logging.LimitedWarnings;
import io.stentor.message.Position;
import io.stentor.message.RoomName;
import io.stentor.room.Rooms;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.LoggerFactory;

/**
 * Reads logs for requests. A log may be unreadable for a moment after a node joined or left the
 * cluster, so failures are retried for a few seconds. Results complete on the event loop.
 */
final class LogReader {

  private static final int ATTEMPTS = 60;
  private static final long RETRY_MILLIS = 50;
  private static final LimitedWarnings WARNINGS =
      new LimitedWarnings(LoggerFactory.getLogger(LogReader.class));

  private final Rooms rooms;
  private final EventLoop eventLoop;

  LogReader(Rooms rooms, EventLoop eventLoop) {
    this.rooms = rooms;
    this.eventLoop = eventLoop;
  }

  /** Reads what follows the position. If that is not available, the page tells where the log is. */
  Future<Page> after(RoomName room, Position since, int limit) {
    return withRetries(() -> rooms.read(room, since, limit, JsonMessages.MAX_BYTES));
  }

  /** Reads the newest messages, up to the limit. */
  Future<Page> newest(RoomName room, int limit) {
    return withRetries(
        () ->
            rooms
                .read(room, Position.NONE, 0, 0)
                .compose(
                    page -> {
                      long after = Math.max(page.oldest() - 1, page.top() - limit);
                      return page.top() < page.oldest()
                          ? Future.succeededFuture(page)
                          : rooms.read(
                              room,
                              new Position(page.epoch(), after),
                              limit,
                              JsonMessages.MAX_BYTES);
                    }));
  }

  private Future<Page> withRetries(Supplier<Future<Page>> read) {
    Promise<Page> answer = Promise.promise();
    attempt(read, ATTEMPTS, answer);
    return answer.future();
  }

  private void attempt(Supplier<Future<Page>> read, int attempts, Promise<Page> answer) {
    read.get()
        .onComplete(
            (page, failure) -> {
              if (page != null) {
                onLoop(() -> answer.complete(page));
              } else if (attempts > 1) {
                eventLoop.schedule(
                    () -> attempt(read, attempts - 1, answer), RETRY_MILLIS, TimeUnit.MILLISECONDS);
              } else {
                WARNINGS.warn("a log cannot be read: {}", failure.toString());
                onLoop(() -> answer.fail(failure));
              }
            });
  }

  private void onLoop(Runnable task) {
    if (eventLoop.inEventLoop()) {
      task.run();
    } else {
      eventLoop.execute(task);
    }
  }
}
