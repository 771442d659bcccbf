package io.stentor.journal;

import io.stentor.journal.Replay.Kind;
import java.io.IOException;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An append-only journal of keys and their states on disk. The state of a key is its last BASE
 * record and the STEP records after it; an END deletes the key.
 *
 * <p>Records are queued, and one thread writes what is queued as a group, with one flush for all
 * who wait for it. While a flush runs, the next group gathers. The disk may be full or gone for a
 * while: then records stay queued, and {@link #accepts} is false. A failed flush ends it: what it
 * should have flushed may be lost even if a repetition succeeds.
 *
 * <p>Space is reclaimed by asking the owner for a new BASE of the keys whose BASE is in the oldest
 * file, which is then deleted. Nothing is ever edited.
 */
public final class Journal implements AutoCloseable {
  /** How safe a record is. */
  public enum Level {
    /** The operating system has it: it survives the end of the process. */
    WRITTEN,
    /** The disk has it: it survives a power loss. */
    FLUSHED
  }

  /**
   * Figures for metrics.
   *
   * @param bytes size of all files
   * @param segments number of segment files
   * @param keys number of keys that have a state
   * @param queuedBytes what waits to be written
   * @param records number of records that were written
   * @param groups number of groups in which they were written
   * @param flushes number of flushes
   * @param flushNanos time that they took
   * @param problems number of times that the disk could no longer be written to
   * @param damaged number of places where records were missing when the journal opened
   */
  public record Figures(
      long bytes,
      int segments,
      int keys,
      long queuedBytes,
      long records,
      long groups,
      long flushes,
      long flushNanos,
      long problems,
      int damaged) {}

  private final Disk disk;
  private final RecordQueue queue;
  private final JournalWriter writer;
  private final Thread thread;
  private final Replay.Report report;
  private final boolean continuous;
  private final boolean copy;
  private final long firstMillis;
  private final long openedNanos;

  /** Opens a journal without starting its thread. Tests call {@link #turn} instead. */
  Journal(DataDirectory directory, JournalOptions options, Replay replay, Executor flusher)
      throws IOException {
    disk = directory.disk();
    copy = directory.isCopy();
    openedNanos = disk.nanoTime();
    Recovery recovery = new Recovery(directory, replay);
    recovery.run();
    recovery.flush();
    continuous = recovery.isContinuous();
    report = recovery.report(TimeUnit.NANOSECONDS.toMillis(disk.nanoTime() - openedNanos));
    RecordFormat.Mark last = recovery.lastMark();
    firstMillis =
        last == null ? 0 : last.millis() + Math.max(0, disk.wallMillis() - last.wallMillis());
    SegmentWriter segments = recovery.writer(options);
    queue = new RecordQueue(segments.sequence(), options.queueBytes(), this::fail);
    writer =
        new JournalWriter(options, disk, segments, recovery.keys(), queue, this::millis, flusher);
    thread = new Thread(writer, "journal");
    thread.setDaemon(true);
  }

  private void fail(Throwable failure) {
    writer.fail(failure);
  }

  /**
   * Opens the journal of a data directory and replays what is in it. Blocks. Needs no space: if the
   * disk is full, the journal opens and does not accept.
   *
   * @throws DataException if a newer version wrote it, or it cannot be flushed
   * @throws IOException if it cannot be read, or the replay threw it
   */
  public static Journal open(DataDirectory directory, JournalOptions options, Replay replay)
      throws IOException {
    // A thread that is not used ends.
    ThreadPoolExecutor flusher =
        new ThreadPoolExecutor(1, 1, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>());
    flusher.setThreadFactory(
        task -> {
          Thread thread = new Thread(task, "journal-flush");
          thread.setDaemon(true);
          return thread;
        });
    flusher.allowCoreThreadTimeOut(true);
    Journal journal = new Journal(directory, options, replay, flusher);
    journal.thread.start();
    return journal;
  }

  /**
   * Returns whether everything that was written before is certainly there, damage excepted: the
   * last process stopped cleanly or on the same boot of the machine, and the directory is not a
   * copy. If not, the owner calls {@link #settle}.
   */
  public boolean isContinuous() {
    return continuous;
  }

  /** Returns whether the directory was copied or restored from a backup. */
  public boolean isCopy() {
    return copy;
  }

  /**
   * Must be called when the owner has appended everything that a lack of continuity requires. When
   * that is flushed, the journal is continuous for the next opening. Until then, the next opening
   * finds what this one found.
   */
  public void settle() {
    writer.settle();
  }

  /**
   * Returns journal time, in milliseconds: elapsed time that continues when the journal is opened
   * again. Never goes back. Any thread.
   */
  public long millis() {
    return firstMillis + TimeUnit.NANOSECONDS.toMillis(disk.nanoTime() - openedNanos);
  }

  /** Returns what was found when the journal opened. */
  public Replay.Report report() {
    return report;
  }

  /**
   * Sets the callback that asks the owner for a new BASE or an END of a key, so that space can be
   * reclaimed.
   *
   * @param rewrite called on the journal's thread; must not block. The owner appends soon after, on
   *     any thread
   */
  public void source(Consumer<String> rewrite) {
    writer.rewrite = rewrite;
  }

  /**
   * Sets a listener that is told, once, that the journal has failed, because a flush failed or the
   * queue became far too long. The journal accepts nothing from then on.
   *
   * @param fatal called on a thread of the journal, or at once; must not block
   */
  public void onFailure(Consumer<Throwable> fatal) {
    writer.onFailure(fatal);
  }

  /**
   * Queues a record. Any thread; does not block. The caller orders the records of a key.
   *
   * @param key at most 65,535 bytes in UTF-8
   * @param payload must not change any more
   * @return the sequence of the record, which grows by one with each record
   */
  public long append(Kind kind, String key, byte[] payload) {
    byte code =
        switch (kind) {
          case BASE -> RecordFormat.BASE;
          case STEP -> RecordFormat.STEP;
          case END -> RecordFormat.END;
        };
    return queue.append(new RecordQueue.Entry(code, key, payload));
  }

  /**
   * Returns whether records are written soon. If not, the owner should append no more than it has
   * to; what it appends is queued. Any thread.
   */
  public boolean accepts() {
    return !queue.isFull() && writer.problem() == null && queue.failure() == null;
  }

  /** Returns whether the journal has failed for good; see {@link #onFailure}. Any thread. */
  public boolean hasFailed() {
    return queue.failure() != null;
  }

  /** Returns why the journal does not accept, in a sentence; null if it does. */
  public @Nullable String problem() {
    Throwable failure = queue.failure();
    if (failure != null) {
      return "The journal in " + disk.path() + " has failed: " + failure.getMessage();
    }
    String problem = writer.problem();
    if (problem == null && queue.isFull()) {
      return "The disk of " + disk.path() + " is too slow for what is written to it";
    }
    return problem;
  }

  /**
   * Calls back when a record is safe.
   *
   * @param done called on the journal's thread, or at once; must not block; gets the failure if the
   *     record will not become safe
   */
  public void whenSafe(long sequence, Level level, Consumer<@Nullable Throwable> done) {
    queue.whenSafe(sequence, level == Level.FLUSHED, done);
  }

  /** Returns whether a record is safe. Any thread. */
  public boolean isSafe(long sequence, Level level) {
    return queue.isSafe(sequence, level == Level.FLUSHED);
  }

  /** Returns figures for metrics. Any thread. */
  public Figures figures() {
    JournalWriter.Counts counts = writer.counts();
    return new Figures(
        counts.bytes(),
        counts.segments(),
        counts.keys(),
        queue.bytes(),
        counts.records(),
        counts.groups(),
        counts.flushes(),
        counts.flushNanos(),
        counts.problems(),
        report.damaged());
  }

  /**
   * Writes and flushes what is queued, and marks a clean stop. Blocks. Callers that wait for a
   * record that does not become safe are told. Does not close the data directory.
   */
  @Override
  public void close() {
    queue.close();
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Does one turn of the journal's thread, for tests without that thread. */
  boolean turn() throws IOException {
    return writer.turn();
  }
}
