package io.stentor.history;

import io.stentor.cluster.WireVersion;
import io.stentor.config.RoomOptions.Durability;
import io.stentor.history.History.Unwritable;
import io.stentor.history.History.UnwritableException;
import io.stentor.journal.DataDirectory;
import io.stentor.journal.Journal;
import io.stentor.journal.Journal.Level;
import io.stentor.journal.JournalOptions;
import io.stentor.journal.Replay;
import io.stentor.journal.Replay.Kind;
import io.stentor.message.Position;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.ByteArrayOutputStream;
import java.io.DataInput;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The logs of a node in its journal on disk. The journal is one more copy of each log: what changes
 * in a log is recorded as the step that would bring a copy up to date. When the node starts, the
 * same steps restore the logs.
 *
 * <p>Thread-safe, but a method that is given a log must be called where nothing else uses that log.
 * Nothing blocks except {@link #open} and {@link #close}.
 */
public final class LogJournal implements AutoCloseable {

  /*
   * Whether a restored log may go on in the same epoch depends on what the journal can have lost.
   * Nothing, if the node stopped cleanly, or if the machine has not started again since: what a
   * process has written survives its death. After a loss of power only what was flushed is certain,
   * so only rooms that are `synced` continue. A directory that is a copy, or in which records are
   * damaged, may lack the end of any log. A log that is not certainly complete keeps its
   * publications and offsets, and goes on as another branch.
   */

  private static final Logger LOG = LoggerFactory.getLogger(LogJournal.class);

  /** The sequence of records from before this start, which are as safe as they can be. */
  private static final long FOUND = 1;

  /** The form of the records; the newest that this build writes. */
  private static final int VERSION = WireVersion.NEWEST;

  /**
   * A log that was found when the node started.
   *
   * @param complete whether nothing at its end can be missing
   */
  public record Restored(RoomLog log, boolean complete) {}

  private final DataDirectory directory;
  private final Journal journal;
  private final Set<String> rooms = ConcurrentHashMap.newKeySet();
  private final Set<Waiting> waiting = ConcurrentHashMap.newKeySet();
  private Map<String, Restored> restored = Map.of();

  private LogJournal(DataDirectory directory, Journal journal) {
    this.directory = directory;
    this.journal = journal;
  }

  /**
   * Opens a data directory, and restores the logs in it. Blocks.
   *
   * @throws IOException the message is a sentence for the operator
   */
  public static LogJournal open(Path path) throws IOException {
    DataDirectory directory = DataDirectory.open(path);
    try {
      return open(directory, JournalOptions.DEFAULT);
    } catch (IOException | RuntimeException e) {
      directory.close();
      throw e;
    }
  }

  /** Opens the journal of a data directory, and restores the logs in it. Blocks. */
  public static LogJournal open(DataDirectory directory, JournalOptions options)
      throws IOException {
    Restoring restoring = new Restoring();
    LogJournal logs = new LogJournal(directory, Journal.open(directory, options, restoring));
    logs.restored(restoring);
    return logs;
  }

  private void restored(Restoring restoring) {
    Map<String, Restored> found = new HashMap<>();
    long lastMillis = journal.report().lastMillis();
    long messages = 0;
    long bytes = 0;
    int complete = 0;
    rooms.addAll(restoring.logs.keySet());
    for (Map.Entry<String, RoomLog> one : restoring.logs.entrySet()) {
      RoomLog log = one.getValue();
      // A log that was in use when the node stopped may have had no record for long.
      log.use(Math.max(log.usedMillis(), lastMillis), log.keepSeconds());
      if (log.isUnused(journal.millis())) {
        forget(one.getKey());
        continue;
      }
      boolean certain =
          restoring.isComplete(one.getKey(), log, journal.isCopy(), journal.isContinuous());
      found.put(one.getKey(), new Restored(log, certain));
      messages += log.size();
      bytes += log.bytes();
      complete += certain ? 1 : 0;
    }
    restored = found;
    LOG.info(
        "data:     {}: {} rooms, {} messages, {} bytes, read in {} ms{}",
        directory,
        found.size(),
        messages,
        bytes,
        journal.report().millis(),
        found.isEmpty()
            ? ""
            : "; continuity is proven for %d of %d rooms".formatted(complete, found.size()));
  }

  /** Returns the restored logs, once. */
  public Map<String, Restored> takeRestored() {
    Map<String, Restored> taken = restored;
    restored = Map.of();
    return taken;
  }

  /** Returns the directory of the journal. */
  public DataDirectory directory() {
    return directory;
  }

  /** Returns the journal itself. */
  public Journal journal() {
    return journal;
  }

  /** Returns elapsed time in milliseconds that continues when the node restarts. */
  public long millis() {
    return journal.millis();
  }

  /** Returns whether changes can be recorded at the moment. */
  public boolean accepts() {
    return journal.accepts();
  }

  /**
   * Records what the journal lacks of a log. A log that is to be in memory only leaves the journal.
   *
   * @param appenders appenders whose last results may be missing
   */
  public void record(String room, RoomLog log, Set<Long> appenders, long nowMillis) {
    if (log.durability() == Durability.MEMORY) {
      removed(room, log);
    } else if (log.isAheadOfJournal()) {
      Kind kind = log.isJournaled() ? Kind.STEP : Kind.BASE;
      byte[] bytes = bytes(log.stepForJournal(appenders, nowMillis));
      if (log.size() == 0 && log.top() > 0) {
        // Twice, so that damage to one record does not bring removed publications back.
        journal.append(kind, room, bytes);
      }
      log.journaled(journal.append(kind, room, bytes));
      if (kind == Kind.BASE) {
        rooms.add(room);
      }
    }
  }

  /** Records a whole log again, so that its earlier records are not needed any more. */
  public void rewrite(String room, RoomLog log, long nowMillis) {
    if (log.isJournaled()) {
      log.journaled(journal.append(Kind.BASE, room, bytes(log.whole(nowMillis))));
    }
  }

  /** Records that this node has the log no longer. */
  public void removed(String room, RoomLog log) {
    if (log.isJournaled()) {
      log.journaled(0);
      forget(room);
    }
  }

  /** Removes a room from the journal, of which this node has no log. */
  public void forget(String room) {
    rooms.remove(room);
    journal.append(Kind.END, room, new byte[0]);
  }

  /** Returns the rooms whose logs the journal has. */
  public Set<String> rooms() {
    return rooms;
  }

  /** Sets what is called with a room whose log is to be {@linkplain #rewrite rewritten} soon. */
  public void onRewrite(Consumer<String> rewrite) {
    journal.source(rewrite);
  }

  /** Returns whether a record is as safe as a durability asks for. */
  public boolean isSafe(long record, Durability durability) {
    return record == 0 || journal.isSafe(record, level(durability));
  }

  /**
   * Calls back once: when a record is safe, or when that may take long because the disk takes no
   * writes. On any thread; must not block.
   */
  public void whenSafe(long record, Durability durability, Consumer<@Nullable Throwable> done) {
    Waiting one = new Waiting(done);
    waiting.add(one);
    journal.whenSafe(
        record,
        level(durability),
        failure -> {
          if (waiting.remove(one)) {
            done.accept(failure);
          }
        });
  }

  /**
   * Fails all callers that wait, if the disk cannot be written to. Their records may become safe
   * later. Called every second.
   */
  public void refuseIfFull() {
    if (waiting.isEmpty() || journal.accepts()) {
      return;
    }
    for (Waiting one : List.copyOf(waiting)) {
      if (waiting.remove(one)) {
        one.done.accept(new UnwritableException(Unwritable.DATA_DIRECTORY));
      }
    }
  }

  /** A caller that waits. Not a record, because each is equal only to itself. */
  private static final class Waiting {
    private final Consumer<@Nullable Throwable> done;

    Waiting(Consumer<@Nullable Throwable> done) {
      this.done = done;
    }
  }

  /** Returns a result as soon as a record is safe. */
  <T> Future<T> whenSafe(long record, Durability durability, T result) {
    if (isSafe(record, durability)) {
      return Future.succeededFuture(result);
    }
    if (!journal.accepts()) {
      return Future.failedFuture(new UnwritableException(Unwritable.DATA_DIRECTORY));
    }
    Promise<T> safe = Promise.promise();
    whenSafe(
        record,
        durability,
        failure -> {
          if (failure == null) {
            safe.complete(result);
          } else {
            safe.fail(failure);
          }
        });
    return safe.future();
  }

  private static Level level(Durability durability) {
    return durability == Durability.SYNCED ? Level.FLUSHED : Level.WRITTEN;
  }

  private static byte[] bytes(LogStep step) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
    try {
      DataOutputStream out = new DataOutputStream(bytes);
      out.writeByte(VERSION);
      out.writeLong(step.millis());
      LogWire.write(step, out, VERSION);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // an array cannot fail
    }
    return bytes.toByteArray();
  }

  /** Reads a record. Its times are those of the journal. */
  static LogStep step(DataInput in) throws IOException {
    int version = in.readByte();
    if (version > VERSION) {
      throw new IOException(
          "a newer version of Stentor wrote form %d, and this one reads up to %d"
              .formatted(version, VERSION));
    }
    return LogWire.readStep(in, in.readLong(), version);
  }

  /** Writes everything and closes the journal. Blocks. */
  @Override
  public void close() {
    journal.close();
    directory.close();
  }

  /** Applies records to the logs in the order in which they were written. */
  static class Restoring implements Replay {
    final Map<String, RoomLog> logs = new HashMap<>();

    /** Rooms whose last record may be missing. */
    private final Set<String> doubtful = new HashSet<>();

    /**
     * Returns whether nothing at the end of a log can be missing.
     *
     * @param copy whether the directory was copied or restored from a backup
     * @param continuous whether everything that was written is certainly there, damage excepted
     */
    final boolean isComplete(String room, RoomLog log, boolean copy, boolean continuous) {
      return !copy
          && !doubtful.contains(room)
          && (continuous || log.durability() == Durability.SYNCED);
    }

    @Override
    public void record(Kind kind, String room, DataInput payload) throws IOException {
      doubtful.remove(room);
      if (kind == Kind.END) {
        logs.remove(room);
        return;
      }
      LogStep step = step(payload);
      RoomLog log = kind == Kind.STEP ? logs.get(room) : null;
      if (log == null) {
        log = new RoomLog(step.branch().epoch());
        logs.put(room, log);
      }
      if (!log.replicate(step, step.millis())) {
        // Records before this one are missing. What follows them is complete.
        log.replicate(step.alone(), step.millis());
      }
      log.belongs(step.side(), step.acknowledged());
      log.journaled(FOUND);
      log.safeUpTo(new Position(log.epoch(), log.top()));
    }

    @Override
    public final void damaged(String sentence) {
      doubtful.addAll(logs.keySet());
      report(sentence);
    }

    /** Tells the operator of damage. */
    void report(String damage) {
      LOG.error("{}; rooms that may lack their last messages go on in new epochs", damage);
    }
  }
}
