package io.stentor.journal;

import io.stentor.journal.Replay.Kind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * States of keys on disk. The state of a key is a BASE record and the STEP records behind it; an
 * END says that it has none.
 *
 * <p>Records are queued, and one thread writes what is queued as a group, with one flush for all
 * who wait for it. While a flush runs, the next group gathers. The disk may take no writes for a
 * while: then records stay queued, and {@link #accepts} is false. A failed flush ends it: what it
 * should have flushed may be lost even if a repetition succeeds.
 *
 * <p>Space is reclaimed by asking the owner for a new BASE of the keys whose BASE is in the oldest
 * file, which is then deleted. Nothing is ever edited.
 */
public final class Journal implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Journal.class);

  /** How many segments there may be beyond twice of what is live. */
  private static final long SPARE_SEGMENTS = 4;

  /** How many keys are rewritten at the same time. */
  private static final int MAX_ASKED = 16;

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
   * @param problems number of times that the disk took no writes
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

  /** A record that waits to be written. */
  private static final class Entry {
    final byte kind;
    final String key;
    final byte[] payload;
    @Nullable Entry next;

    Entry(byte kind, String key, byte[] payload) {
      this.kind = kind;
      this.key = key;
      this.payload = payload;
    }

    int size() {
      return RecordFormat.OVERHEAD + key.length() + payload.length;
    }
  }

  private record Waiter(long sequence, Level level, Consumer<@Nullable Throwable> done) {}

  private final JournalOptions options;
  private final DataDirectory directory;
  private final Disk disk;
  private final SegmentWriter segments;
  private final KeyTable keys;
  private final Replay.Report report;
  private final boolean continuous;
  private final long firstMillis;
  private final long openedNanos;
  private final Thread writer;

  /** Guards what follows. */
  private final Object lock = new Object();

  private @Nullable Entry head;
  private @Nullable Entry tail;
  private long appended;
  private long queuedBytes;
  private List<Waiter> waiters = new ArrayList<>();
  private long flushWanted;

  /** The sequence whose flush settles what was found; -1 for none. */
  private long settleAt = -1;

  private boolean closing;
  private boolean waiting;

  private volatile Consumer<String> rewrite = key -> {};
  private volatile Consumer<Throwable> fatal = failure -> {};
  private volatile long written;
  private volatile long flushed;
  private volatile boolean full;
  private volatile @Nullable String problem;
  private volatile @Nullable Throwable failure;
  private volatile Figures figures;

  // Of the writer's thread.
  private boolean reclaiming;
  private long dirtySinceNanos;
  private long recordsWritten;
  private long groups;
  private long flushes;
  private long flushNanos;
  private long problems;

  /** Opens a journal that has no thread yet. Tests call {@link #turn} instead. */
  Journal(DataDirectory directory, JournalOptions options, Replay replay) throws IOException {
    this.directory = directory;
    this.options = options;
    disk = directory.disk();
    openedNanos = disk.nanoTime();
    Recovery recovery = new Recovery(directory, replay);
    recovery.run();
    keys = recovery.keys();
    segments = recovery.writer(options);
    continuous = recovery.isContinuous();
    report = recovery.report(TimeUnit.NANOSECONDS.toMillis(disk.nanoTime() - openedNanos));
    RecordFormat.Mark last = recovery.lastMark();
    firstMillis =
        last == null ? 0 : last.millis() + Math.max(0, disk.wallMillis() - last.wallMillis());
    appended = segments.sequence();
    written = appended;
    flushed = appended;
    figures = measure();
    writer = new Thread(this::run, "journal");
    writer.setDaemon(true);
  }

  /**
   * Opens the journal of a data directory and replays what is in it. Blocks. Does not write: if the
   * disk takes no writes, the journal opens and does not accept.
   *
   * @throws DataException if a newer version wrote it
   * @throws IOException if it cannot be read, or the replay threw it
   */
  public static Journal open(DataDirectory directory, JournalOptions options, Replay replay)
      throws IOException {
    Journal journal = new Journal(directory, options, replay);
    journal.writer.start();
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
    return directory.isCopy();
  }

  /**
   * The owner has appended all that follows from a lack of continuity. When it is flushed, what is
   * appended is continuous for the next opening. Until then, the next opening finds what this one
   * found.
   */
  public void settle() {
    synchronized (lock) {
      settleAt = appended;
      lock.notifyAll();
    }
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
   * Sets who is asked for a BASE or END of a key, so that space can be reclaimed.
   *
   * @param rewrite called on the journal's thread; must not block; appends soon, on any thread
   */
  public void source(Consumer<String> rewrite) {
    this.rewrite = rewrite;
  }

  /**
   * Sets who is told when a flush failed. Nothing is accepted any more.
   *
   * @param fatal called on the journal's thread; must not block
   */
  public void onFailure(Consumer<Throwable> fatal) {
    this.fatal = fatal;
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
    Entry entry = new Entry(code, key, payload);
    synchronized (lock) {
      appended++;
      if (failure != null || closing) {
        return appended;
      }
      if (tail == null) {
        head = entry;
      } else {
        tail.next = entry;
      }
      tail = entry;
      queuedBytes += entry.size();
      full = queuedBytes > options.queueBytes();
      if (waiting) {
        lock.notifyAll();
      }
      return appended;
    }
  }

  /**
   * Returns whether records are written soon. If not, the owner should append no more than it has
   * to; what it appends is queued. Any thread.
   */
  public boolean accepts() {
    return !full && problem == null && failure == null;
  }

  /** Returns why the journal does not accept, in a sentence for people; null if it does. */
  public @Nullable String problem() {
    Throwable failed = failure;
    if (failed != null) {
      return "The journal in " + disk.path() + " has failed: " + failed.getMessage();
    }
    String sentence = problem;
    if (sentence == null && full) {
      return "The disk of " + disk.path() + " is too slow for what is written to it";
    }
    return sentence;
  }

  /**
   * Calls back when a record is safe.
   *
   * @param done called on the journal's thread, or at once; must not block; gets what is wrong if
   *     the record will not become safe
   */
  public void whenSafe(long sequence, Level level, Consumer<@Nullable Throwable> done) {
    Throwable failed = null;
    if (!isSafe(sequence, level)) {
      synchronized (lock) {
        failed = failure;
        if (failed == null && !isSafe(sequence, level)) {
          waiters.add(new Waiter(sequence, level, done));
          if (level == Level.FLUSHED && sequence > flushWanted) {
            flushWanted = Math.min(sequence, appended);
            if (waiting) {
              lock.notifyAll();
            }
          }
          return;
        }
      }
    }
    done.accept(failed);
  }

  /** Returns whether a record is safe. Any thread. */
  public boolean isSafe(long sequence, Level level) {
    return sequence <= (level == Level.FLUSHED ? flushed : written);
  }

  /** Returns figures for metrics. Any thread. */
  public Figures figures() {
    return figures;
  }

  /**
   * Writes and flushes what is queued, and marks a clean stop. Blocks. What does not become safe is
   * told to those who wait for it. Does not close the data directory.
   */
  @Override
  public void close() {
    synchronized (lock) {
      closing = true;
      lock.notifyAll();
    }
    boolean interrupted = false;
    while (writer.isAlive()) {
      try {
        writer.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    try {
      do {
        await();
      } while (turn());
      fail(new IllegalStateException("the journal is closed"));
    } catch (Throwable e) {
      LOG.error("The journal in {} has failed", disk.path(), e);
      fail(e);
    }
    segments.close();
    figures = measure();
  }

  /** Does what there is to do. Returns false when the journal has closed. */
  boolean turn() throws IOException {
    boolean close;
    synchronized (lock) {
      close = closing;
    }
    try {
      if (writeGroup()) {
        complete();
      }
      flushIfWanted(close);
      reclaim();
      solved();
      figures = measure();
      if (close && written == lastAppended()) {
        segments.stop(mark());
        return false;
      }
    } catch (SegmentWriter.FlushException e) {
      throw e;
    } catch (IOException e) {
      if (close) {
        throw e;
      }
      problem(e);
    }
    return true;
  }

  /** Waits until there is something to do, or it is time to look. */
  private void await() throws InterruptedException {
    long millis = problem != null ? options.retryMillis() : reclaiming ? 5 : options.flushMillis();
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    synchronized (lock) {
      while (!closing && (problem != null || !hasWork())) {
        long nanos = deadline - System.nanoTime();
        if (nanos <= 0) {
          return;
        }
        waiting = problem == null;
        TimeUnit.NANOSECONDS.timedWait(lock, nanos);
        waiting = false;
      }
    }
  }

  private boolean hasWork() {
    return head != null || flushWanted > flushed || settleAt >= 0;
  }

  private long lastAppended() {
    synchronized (lock) {
      return appended;
    }
  }

  private RecordFormat.Mark mark() {
    return new RecordFormat.Mark(millis(), disk.wallMillis(), flushed);
  }

  /** Writes what is queued, as far as it fits into a group. Returns whether there was something. */
  private boolean writeGroup() throws IOException {
    Entry first;
    synchronized (lock) {
      first = head;
    }
    if (first == null) {
      return false;
    }
    segments.begin(mark());
    long sequence = written;
    long bytes = 0;
    Entry last = first;
    for (Entry entry = first; entry != null; entry = entry.next) {
      if (!segments.add(entry.kind, sequence + 1, entry.key, entry.payload, isTwice(entry))) {
        break;
      }
      sequence++;
      bytes += entry.size();
      last = entry;
    }
    segments.write(sequence);
    Entry applied = first;
    for (long i = written; i < sequence && applied != null; i++, applied = applied.next) {
      keys.apply(applied.kind, applied.key, segments.newestNumber(), applied.size());
    }
    synchronized (lock) {
      head = last.next;
      tail = head == null ? null : tail;
      queuedBytes -= bytes;
      full = queuedBytes > options.queueBytes();
    }
    if (written == flushed) {
      dirtySinceNanos = disk.nanoTime();
    }
    recordsWritten += sequence - written;
    groups++;
    written = sequence;
    return true;
  }

  /**
   * Returns whether a record is written twice, so that one damaged place cannot bring back what it
   * removes: each END, and a BASE that is much smaller than what it replaces.
   */
  private boolean isTwice(Entry entry) {
    return entry.kind == RecordFormat.END
        || (entry.kind == RecordFormat.BASE && 2L * entry.size() < keys.bytes(entry.key));
  }

  private void flushIfWanted(boolean close) throws IOException {
    long settle;
    boolean wanted;
    synchronized (lock) {
      settle = settleAt;
      wanted = flushWanted > flushed || settle >= 0 || close;
    }
    long dirtyMillis = TimeUnit.NANOSECONDS.toMillis(disk.nanoTime() - dirtySinceNanos);
    if (written > flushed && (wanted || dirtyMillis >= options.flushMillis())) {
      flush();
    }
    if (settle >= 0 && flushed >= settle) {
      segments.settle(disk.bootId(), mark());
      synchronized (lock) {
        settleAt = settleAt == settle ? -1 : settleAt;
      }
    }
  }

  private void flush() throws IOException {
    long start = disk.nanoTime();
    segments.flush();
    flushNanos += disk.nanoTime() - start;
    flushes++;
    flushed = written;
    complete();
  }

  /** Calls those who wait for what has become safe. */
  private void complete() {
    List<Waiter> ready = new ArrayList<>();
    synchronized (lock) {
      waiters.removeIf(waiter -> isSafe(waiter.sequence, waiter.level) && ready.add(waiter));
    }
    ready.forEach(waiter -> tell(waiter, null));
  }

  private static void tell(Waiter waiter, @Nullable Throwable failure) {
    try {
      waiter.done.accept(failure);
    } catch (RuntimeException e) {
      LOG.error("A callback of the journal failed", e);
    }
  }

  /** Deletes the oldest segment if no key needs it, or asks for what is still needed of it. */
  private void reclaim() throws IOException {
    long oldest = segments.oldestNumber();
    if (!segments.isOpen() || oldest == segments.newestNumber()) {
      reclaiming = false;
      return;
    }
    if (keys.oldestNeeded(segments.newestNumber()) > oldest) {
      if (written > flushed) {
        flush();
      }
      segments.deleteOldest(mark());
      return;
    }
    long total = segments.totalBytes();
    reclaiming =
        total > 2 * keys.liveBytes() + SPARE_SEGMENTS * options.segmentBytes()
            || segments.count() > 2 * (total / options.segmentBytes() + SPARE_SEGMENTS);
    if (reclaiming) {
      keys.ask(oldest + 1, MAX_ASKED, disk.nanoTime(), rewrite);
    }
  }

  private void problem(IOException e) {
    if (problem == null) {
      problems++;
      LOG.warn("The journal in {} cannot write, and tries again: {}", disk.path(), e.toString());
    }
    problem = "The journal in " + disk.path() + " cannot write: " + e.getMessage();
  }

  private void solved() {
    if (problem != null) {
      problem = null;
      LOG.info("The journal in {} writes again", disk.path());
    }
  }

  /** Ends the journal: all who wait are told, and nothing becomes safe any more. */
  private void fail(Throwable e) {
    List<Waiter> told;
    boolean closed;
    synchronized (lock) {
      failure = e;
      told = waiters;
      waiters = new ArrayList<>();
      head = null;
      tail = null;
      queuedBytes = 0;
      closed = closing;
    }
    told.forEach(waiter -> tell(waiter, e));
    if (!closed) {
      fatal.accept(e);
    }
  }

  private Figures measure() {
    long queued;
    synchronized (lock) {
      queued = queuedBytes;
    }
    return new Figures(
        segments.totalBytes(),
        segments.count(),
        keys.size(),
        queued,
        recordsWritten,
        groups,
        flushes,
        flushNanos,
        problems,
        report.damaged());
  }
}
