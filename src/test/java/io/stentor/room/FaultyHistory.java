package io.stentor.room;

import io.stentor.config.RoomOptions;
import io.stentor.history.Appended;
import io.stentor.history.Batch;
import io.stentor.history.Forks;
import io.stentor.history.History;
import io.stentor.history.LocalHistory;
import io.stentor.history.LogSummary;
import io.stentor.history.Page;
import io.stentor.message.Position;
import io.stentor.message.RoomName;
import io.stentor.timer.LoopExecutor;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Logs that answer late, and that may fail before or after they did what was asked. One thread; the
 * faults are drawn from a seed.
 */
final class FaultyHistory implements History {
  int failPercent;

  /** Whether every operation fails because the nodes have not agreed on who is there. */
  boolean unreplicated;

  /** How often a log was read. */
  int reads;

  /** What the next read finds instead of the log; null for the log. */
  @Nullable Page onePage;

  /** Longest way to the log, and back; 0 answers during the call. */
  int maxDelayMillis;

  private final LoopExecutor clock;
  private final Random random;
  private final LongSupplier now;
  private LocalHistory logs;

  FaultyHistory(LoopExecutor clock, Random random, LongSupplier now) {
    this.clock = clock;
    this.random = random;
    this.now = now;
    this.logs = new LocalHistory(now);
  }

  /**
   * All logs are gone: as if every node that had them died.
   *
   * @return the logs
   */
  LocalHistory lose() {
    LocalHistory lost = logs;
    logs = new LocalHistory(now);
    return lost;
  }

  /** These logs are back: as if the nodes that have them were cut off. */
  void back(LocalHistory lost) {
    logs = lost;
  }

  /** The room's log goes on in another epoch, without what comes after an offset. */
  long fork(RoomName room, long last) {
    return Forks.fork(logs, room, last);
  }

  /** The position of the newest publication; none if there is no log. */
  Position end(RoomName room) {
    return Forks.end(logs, room);
  }

  /** What a node does with its logs now and then. */
  void expire() {
    logs.expire(1000);
    logs.expire(1000);
  }

  @Override
  public Future<Appended> append(RoomName room, Batch batch, RoomOptions.History limits) {
    return slowly(() -> logs.append(room, batch, limits));
  }

  @Override
  public Future<Page> read(
      RoomName room, Position after, int maxMessages, int maxBytes, RoomOptions.History limits) {
    reads++;
    return slowly(() -> logs.read(room, after, maxMessages, maxBytes, limits));
  }

  @Override
  public Future<Page> follow(
      RoomName room,
      Position after,
      Position delivered,
      boolean createsLog,
      int maxMessages,
      int maxBytes,
      RoomOptions.History limits) {
    Page other = onePage;
    if (other != null) {
      onePage = null;
      return Future.succeededFuture(other);
    }
    reads++;
    return slowly(
        () -> logs.follow(room, after, delivered, createsLog, maxMessages, maxBytes, limits));
  }

  @Override
  public Future<Page> removeAll(RoomName room, RoomOptions.History limits) {
    return slowly(() -> logs.removeAll(room, limits));
  }

  @Override
  public Future<List<String>> names(String prefix, @Nullable String after, int limit) {
    return slowly(() -> logs.names(prefix, after, limit));
  }

  @Override
  public Future<Map<RoomName, LogSummary>> summaries(List<RoomName> rooms) {
    return slowly(() -> logs.summaries(rooms));
  }

  @Override
  public boolean canFork() {
    return true;
  }

  private <T> Future<T> slowly(Supplier<Future<T>> operation) {
    if (unreplicated) {
      return Future.failedFuture(new NotReplicatedException());
    }
    Promise<T> promise = Promise.promise();
    later(
        () -> {
          if (fails()) {
            later(() -> promise.fail("did not arrive"));
          } else {
            Future<T> answer = operation.get();
            boolean lost = fails();
            later(
                () -> {
                  if (lost) {
                    promise.fail("the answer did not arrive");
                  } else {
                    answer.onComplete(promise);
                  }
                });
          }
        });
    return promise.future();
  }

  private boolean fails() {
    return random.nextInt(100) < failPercent;
  }

  private void later(Runnable task) {
    if (maxDelayMillis == 0) {
      task.run();
    } else {
      clock.after(random.nextInt(maxDelayMillis), task);
    }
  }
}
