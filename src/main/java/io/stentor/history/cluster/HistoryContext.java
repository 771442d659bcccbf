package io.stentor.history.cluster;

import com.hazelcast.config.Config;
import com.hazelcast.core.HazelcastInstance;
import io.stentor.cluster.Quorum.Side;
import io.stentor.config.RoomOptions.Durability;
import io.stentor.history.Epochs;
import io.stentor.history.LogJournal;
import io.stentor.history.RoomLog;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The node's state that log processors need. Processors are sent between nodes, so each takes the
 * context of its current node from the Hazelcast instance.
 *
 * @param clock elapsed time in milliseconds since an arbitrary moment
 * @param refusesOnMinority whether logs are only read on a side without a majority
 * @param journal null if the node has no data directory
 * @param tasks one thread for short tasks that Hazelcast's own threads must not do, such as
 *     starting another operation
 */
record HistoryContext(
    LongSupplier clock,
    Epochs epochs,
    boolean refusesOnMinority,
    @Nullable LogJournal journal,
    JournalReports reports,
    ScheduledExecutorService tasks) {

  /** Name of the map of all logs. */
  static final String LOGS = "stentor.history";

  private static final String KEY = "stentor.history";

  /**
   * Creates a context.
   *
   * @param clock elapsed time in milliseconds since an arbitrary moment; must be monotonic
   */
  static HistoryContext of(
      LongSupplier clock, boolean refusesOnMinority, @Nullable LogJournal journal) {
    ScheduledThreadPoolExecutor tasks =
        new ScheduledThreadPoolExecutor(
            1, HistoryContext::thread, new ThreadPoolExecutor.DiscardPolicy());
    return new HistoryContext(
        clock, new Epochs(), refusesOnMinority, journal, new JournalReports(tasks, journal), tasks);
  }

  private static Thread thread(Runnable work) {
    Thread thread = new Thread(work, "history");
    thread.setDaemon(true);
    return thread;
  }

  /** Adds this context to the configuration of a node. Must be called before the node joins. */
  void offer(Config joining) {
    reports.offer(joining);
    joining.getUserContext().put(KEY, this);
  }

  static HistoryContext of(HazelcastInstance hazelcast) {
    return (HistoryContext) Objects.requireNonNull(hazelcast.getUserContext().get(KEY));
  }

  /**
   * Returns whether changes of a log can be recorded at the moment.
   *
   * @param durability what the log keeps
   */
  boolean canRecord(Durability durability) {
    return journal == null || durability == Durability.MEMORY || journal.accepts();
  }

  /** Records what this node's journal lacks of a log; see {@link LogJournal#record}. */
  void record(String room, RoomLog log, Set<Long> appenders) {
    if (journal != null) {
      journal.record(room, log, appenders, clock.getAsLong());
    }
  }

  /** Returns whether logs may be changed on this side. */
  boolean isWritable(Side of) {
    return of.majority() || !refusesOnMinority;
  }
}
