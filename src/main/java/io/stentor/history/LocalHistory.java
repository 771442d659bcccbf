package io.stentor.history;

import io.stentor.config.RoomOptions;
import io.stentor.message.Position;
import io.stentor.message.RoomName;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The logs of a single node, kept in its memory and lost when it stops. Futures are complete on
 * return, except those of {@link #names}.
 */
public final class LocalHistory implements History {

  /*
   * There are no timers per room. A log removes old publications whenever it is used. Unused logs
   * are found by `expire`, which the node calls periodically and which scans a part of the map
   * each time.
   */

  private static final class Slot {
    private final RoomLog log;
    private boolean removed;

    Slot(RoomLog log) {
      this.log = log;
    }
  }

  /** Maximum number of waiting list requests; further ones are rejected. */
  private static final int MAX_WAITING_LISTS = 64;

  private static final int LISTS_IDLE_SECONDS = 10;

  private final ThreadPoolExecutor lists = lists();
  private final Map<RoomName, Slot> slots = new ConcurrentHashMap<>();
  private final LongSupplier clock;
  private long heldUntilMillis = Long.MIN_VALUE;
  private final Epochs epochs = new Epochs();
  private Iterator<Map.Entry<RoomName, Slot>> walk = slots.entrySet().iterator();

  /**
   * Creates a history without logs.
   *
   * @param clock elapsed time in milliseconds since an arbitrary moment; must be monotonic
   */
  public LocalHistory(LongSupplier clock) {
    this.clock = clock;
  }

  @Override
  public Future<Appended> append(RoomName room, Batch batch, RoomOptions.History limits) {
    return use(room, true, (log, now) -> log.append(batch, now, limits));
  }

  @Override
  public Future<Page> read(
      RoomName room, Position after, int maxMessages, int maxBytes, RoomOptions.History limits) {
    return use(room, false, (log, now) -> log.read(after, maxMessages, maxBytes, now, limits));
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
    return use(room, createsLog, (log, now) -> log.read(after, maxMessages, maxBytes, now, limits));
  }

  @Override
  public Future<Page> removeAll(RoomName room, RoomOptions.History limits) {
    return use(room, false, (log, now) -> log.removeAll(now, limits));
  }

  private <T> Future<T> use(RoomName room, boolean create, BiFunction<RoomLog, Long, T> operation) {
    Slot slot =
        create ? slots.computeIfAbsent(room, name -> new Slot(newLog(name))) : slots.get(room);
    if (slot == null) {
      return Future.succeededFuture(operation.apply(newLog(room), clock.getAsLong()));
    }
    synchronized (slot) {
      if (slot.removed) {
        return use(room, create, operation);
      }
      return Future.succeededFuture(operation.apply(slot.log, clock.getAsLong()));
    }
  }

  private RoomLog newLog(RoomName room) {
    return new RoomLog(epochs.of(room.value(), 0));
  }

  @Override
  public Future<List<String>> names(String prefix, @Nullable String after, int limit) {
    Promise<List<String>> answer = Promise.promise();
    try {
      lists.execute(
          () -> {
            FirstNames first = new FirstNames(prefix, after, limit);
            slots.keySet().forEach(room -> first.add(room.value()));
            answer.complete(first.found());
          });
    } catch (RejectedExecutionException e) {
      answer.fail(e);
    }
    return answer.future();
  }

  @Override
  public Future<Map<RoomName, LogSummary>> summaries(List<RoomName> rooms) {
    Map<RoomName, LogSummary> all = new HashMap<>();
    for (RoomName room : rooms) {
      Slot slot = slots.get(room);
      if (slot != null) {
        synchronized (slot) {
          all.put(room, slot.log.summary());
        }
      }
    }
    return Future.succeededFuture(all);
  }

  /** Creates an executor with one thread, which exists only while there are tasks. */
  private static ThreadPoolExecutor lists() {
    ThreadPoolExecutor lists =
        new ThreadPoolExecutor(
            1,
            1,
            LISTS_IDLE_SECONDS,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(MAX_WAITING_LISTS),
            task -> {
              Thread thread = new Thread(task, "history-lists");
              thread.setDaemon(true);
              return thread;
            });
    lists.allowCoreThreadTimeOut(true);
    return lists;
  }

  /**
   * Scans up to {@code count} logs, starting where the last call stopped. Removes logs that have
   * not been used for a minute longer than their publications are kept, or for a minute if nothing
   * was ever published. Must not be called concurrently.
   */
  public void expire(int count) {
    long now = clock.getAsLong();
    if (now < heldUntilMillis) {
      return;
    }
    for (int i = 0; i < count; i++) {
      if (!walk.hasNext()) {
        walk = slots.entrySet().iterator();
        return;
      }
      Map.Entry<RoomName, Slot> next = walk.next();
      Slot slot = next.getValue();
      synchronized (slot) {
        if (slot.log.isUnused(now)) {
          slot.removed = true;
          epochs.removed(next.getKey().value());
          walk.remove();
        }
      }
    }
  }

  /**
   * Must be called after the process was stalled. Removes no logs for a minute, so that their
   * users, which could not access them during the stall, can do so first. Called by the caller of
   * {@link #expire}.
   */
  public void hold() {
    heldUntilMillis = clock.getAsLong() + 1000L * RoomLog.IDLE_MARGIN_SECONDS;
  }

  /** Returns the number of logs. */
  public int size() {
    return slots.size();
  }
}
