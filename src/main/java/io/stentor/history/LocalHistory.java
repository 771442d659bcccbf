package io.stentor.history;

import io.stentor.config.RoomOptions;
import io.stentor.config.RoomOptions.Durability;
import io.stentor.message.Position;
import io.stentor.message.RoomName;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The logs of a single node, kept in its memory and, if it has a data directory, in its journal.
 * Futures are complete on return, except those of {@link #names} and those that wait for the
 * journal.
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
  private final @Nullable LogJournal journal;
  private long heldUntilMillis = Long.MIN_VALUE;
  private final Epochs epochs = new Epochs();
  private Iterator<Map.Entry<RoomName, Slot>> walk = slots.entrySet().iterator();

  /**
   * Creates a history without logs, which are lost when the node stops.
   *
   * @param clock elapsed time in milliseconds since an arbitrary moment; must be monotonic
   */
  public LocalHistory(LongSupplier clock) {
    this.clock = clock;
    this.journal = null;
  }

  /**
   * Creates a history with the logs of a journal. Logs that may lack their end fork.
   *
   * @param alone whether no other node can have continued logs that a cluster has used
   */
  public LocalHistory(LogJournal journal, boolean alone) {
    this(journal, alone, journal::millis);
  }

  /** Creates a history with the logs of a journal, and with another clock than the journal's. */
  LocalHistory(LogJournal journal, boolean alone, LongSupplier clock) {
    this.clock = clock;
    this.journal = journal;
    journal
        .takeRestored()
        .forEach(
            (room, restored) -> {
              RoomLog log = restored.log();
              if (!restored.complete()) {
                log.forkAtEnd(Epochs.random());
              }
              boolean forks = restored.complete() && log.side() != 0 && !alone;
              log.leaveCluster(forks ? Epochs.random() : null);
              journal.record(room, log, Set.of(), clock.getAsLong());
              slots.put(new RoomName(room), new Slot(log));
            });
    journal.onRewrite(this::rewrite);
    journal.journal().settle();
  }

  /** Writes a log to the journal again. Called on a thread of the journal. */
  private void rewrite(String room) {
    Slot slot = slots.get(new RoomName(room));
    if (slot != null && journal != null) {
      synchronized (slot) {
        if (!slot.removed) {
          journal.rewrite(room, slot.log, clock.getAsLong());
        }
      }
    }
  }

  @Override
  public @Nullable Unwritable unwritable(RoomOptions.History limits) {
    return journal == null || limits.durability() == Durability.MEMORY || journal.accepts()
        ? null
        : Unwritable.DATA_DIRECTORY;
  }

  @Override
  public Future<Appended> append(RoomName room, Batch batch, RoomOptions.History limits) {
    Unwritable reason = unwritable(limits);
    if (reason != null) {
      return Future.failedFuture(new UnwritableException(reason));
    }
    Future<Appended> appended =
        use(room, true, Set.of(batch.appender()), (log, now) -> log.append(batch, now, limits));
    return journal == null
        ? appended
        : appended.onSuccess(
            result ->
                confirm(
                    room, new Position(result.epoch(), result.last(batch.publications().size()))));
  }

  private void confirm(RoomName room, Position end) {
    Slot slot = slots.get(room);
    if (slot != null) {
      synchronized (slot) {
        slot.log.safeUpTo(end);
      }
    }
  }

  @Override
  public Future<Page> read(
      RoomName room, Position after, int maxMessages, int maxBytes, RoomOptions.History limits) {
    return read(room, false, (log, now) -> log.read(after, maxMessages, maxBytes, now, limits));
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
    return read(
        room, createsLog, (log, now) -> log.read(after, maxMessages, maxBytes, now, limits));
  }

  /** Reads what is safe. Waits for the rest, unless the disk cannot be written to. */
  private Future<Page> read(
      RoomName room, boolean create, BiFunction<RoomLog, Long, Page> operation) {
    LogJournal disk = journal;
    if (disk == null) {
      return use(room, create, Set.of(), operation);
    }
    return use(room, create, Set.of(), operation)
        .recover(
            failure -> {
              Slot slot = slots.get(room);
              if (slot == null || !(failure instanceof UnwritableException)) {
                return Future.failedFuture(failure);
              }
              synchronized (slot) {
                Page page = operation.apply(slot.log, clock.getAsLong());
                return Future.succeededFuture(page.upTo(slot.log.safe()));
              }
            });
  }

  @Override
  public Future<Page> removeAll(RoomName room, RoomOptions.History limits) {
    return use(room, false, Set.of(), (log, now) -> log.removeAll(now, limits));
  }

  /**
   * Applies an operation to a log, and records what changed. Nobody gets a result that depends on
   * something that is not safe yet.
   */
  private <T> Future<T> use(
      RoomName room, boolean create, Set<Long> appenders, BiFunction<RoomLog, Long, T> operation) {
    Slot slot =
        create ? slots.computeIfAbsent(room, name -> new Slot(newLog(name))) : slots.get(room);
    if (slot == null) {
      return Future.succeededFuture(operation.apply(newLog(room), clock.getAsLong()));
    }
    T result;
    long record;
    Durability durability;
    synchronized (slot) {
      if (slot.removed) {
        return use(room, create, appenders, operation);
      }
      long now = clock.getAsLong();
      result = operation.apply(slot.log, now);
      if (journal == null) {
        return Future.succeededFuture(result);
      }
      journal.record(room.value(), slot.log, appenders, now);
      record = slot.log.record();
      durability = slot.log.durability();
    }
    return journal.whenSafe(record, durability, result);
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
   * was ever published. Called every second. Must not be called concurrently.
   */
  public void expire(int count) {
    if (journal != null) {
      journal.refuseIfFull();
    }
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
          if (journal != null) {
            journal.removed(next.getKey().value(), slot.log);
          }
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
