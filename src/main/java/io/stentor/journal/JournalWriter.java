package io.stentor.journal;

import io.stentor.journal.RecordQueue.Entry;
import java.io.IOException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread of a journal: writes what is queued, flushes it, tells what is safe, and reclaims
 * space.
 *
 * <p>A write that fails is repeated until it succeeds. If files were removed, nothing becomes safe
 * until every key has been written again. A flush that fails ends the journal.
 */
final class JournalWriter implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(JournalWriter.class);

  /** How many segments there may be beyond twice the size of what is live. */
  private static final long SPARE_SEGMENTS = 4;

  private static final int MANY_SEGMENTS = 32;

  private final JournalOptions options;
  private final Disk disk;
  private final SegmentWriter segments;
  private final KeyTable keys;
  private final RecordQueue queue;
  private final LongSupplier journalMillis;
  private final Executor flusher;

  volatile Consumer<String> rewrite = key -> {};

  private final AtomicBoolean ended = new AtomicBoolean();
  private final AtomicBoolean told = new AtomicBoolean();
  private volatile @Nullable Consumer<Throwable> fatal;
  private volatile @Nullable String problem;

  /** The last record that was flushed. Written only with this object's lock. */
  private volatile long onDisk;

  private volatile boolean flushing;
  private volatile @Nullable IOException flushFailure;
  private volatile long settleAt = -1;
  private volatile Counts counts = new Counts(0, 0, 0, 0, 0, 0, 0, 0);

  /** The last record in the files. */
  private volatile long inFiles;

  /** Every key needs a BASE from this segment on before anything is safe; 0 if none is removed. */
  private long rewriteFrom;

  private boolean settledBefore;
  private boolean retrying;
  private boolean more;

  /** The sequence that is flushed before old segments are deleted, and the first that stays. */
  private long deleteAt = -1;

  private long deleteBefore;

  private long dirtySinceNanos;
  private long checkedNanos;
  private long lastMarkFlushed;
  private long records;
  private long groups;
  private long flushes;
  private long flushNanos;
  private long problems;

  /** What was done so far. */
  record Counts(
      long bytes,
      int segments,
      int keys,
      long records,
      long groups,
      long flushes,
      long flushNanos,
      long problems) {}

  JournalWriter(
      JournalOptions options,
      Disk disk,
      SegmentWriter segments,
      KeyTable keys,
      RecordQueue queue,
      LongSupplier journalMillis,
      Executor flusher) {
    this.options = options;
    this.disk = disk;
    this.segments = segments;
    this.keys = keys;
    this.queue = queue;
    this.journalMillis = journalMillis;
    this.flusher = flusher;
    inFiles = segments.sequence();
    onDisk = inFiles;
    lastMarkFlushed = inFiles;
    checkedNanos = disk.nanoTime();
    count();
  }

  @Override
  public void run() {
    try {
      do {
        if (retrying) {
          queue.pause(options.retryMillis());
        } else {
          queue.await(more ? 0 : options.flushMillis(), onDisk, this::hasOtherWork);
        }
      } while (turn());
      queue.fail(new IllegalStateException("the journal is closed"));
    } catch (Throwable e) {
      fail(e);
    }
    segments.close();
  }

  private boolean hasOtherWork() {
    return rewriteFrom == 0 && (settleAt >= 0 || flushFailure != null || queue.flushed() < onDisk);
  }

  /** Ends the journal. Any thread. */
  void fail(Throwable e) {
    if (ended.compareAndSet(false, true)) {
      LOG.error("The journal in {} has failed", disk.path(), e);
      queue.fail(e);
      tellFailure();
    }
  }

  /** Sets the listener for the journal's failure; see {@link Journal#onFailure}. */
  void onFailure(Consumer<Throwable> listener) {
    fatal = listener;
    tellFailure();
  }

  private void tellFailure() {
    Consumer<Throwable> listener = fatal;
    Throwable failure = queue.failure();
    if (listener != null
        && failure != null
        && !queue.isClosing()
        && told.compareAndSet(false, true)) {
      listener.accept(failure);
    }
  }

  /** Returns why the disk cannot be written to, in a sentence; null if it can. */
  @Nullable String problem() {
    return problem;
  }

  Counts counts() {
    return counts;
  }

  /** Settles what was found when the journal opened; see {@link Journal#settle}. Any thread. */
  void settle() {
    settleAt = queue.wantFlushOfAll();
    queue.wake();
  }

  /**
   * Does what there is to do.
   *
   * @return false when the journal has closed
   * @throws IOException if the journal has failed
   */
  boolean turn() throws IOException {
    Throwable failed = queue.failure();
    if (failed != null) {
      throw new IOException(failed);
    }
    more = false;
    try {
      writeGroup();
      flushIfWanted();
      if (rewriteFrom > 0) {
        rewriteAll();
      } else {
        settleIfFlushed();
        reclaim();
        solved();
      }
      retrying = false;
    } catch (SegmentWriter.FlushException e) {
      throw e;
    } catch (IOException e) {
      if (e instanceof SegmentWriter.RemovedException) {
        abandon();
      }
      problem(e);
      flushIfWanted();
      if (queue.isClosing()) {
        throw e;
      }
    }
    count();
    return !queue.isClosing() || !stop();
  }

  private boolean stop() throws IOException {
    if (rewriteFrom > 0) {
      throw new IOException("closed before everything was written again");
    }
    if (!queue.isEmpty()) {
      return false;
    }
    segments.stop(mark());
    return true;
  }

  private void count() {
    counts =
        new Counts(
            segments.totalBytes(),
            segments.count(),
            keys.size(),
            records,
            groups,
            flushes,
            flushNanos,
            problems);
  }

  private RecordFormat.Mark mark() {
    return new RecordFormat.Mark(journalMillis.getAsLong(), disk.wallMillis(), queue.flushed());
  }

  /** Writes what is queued, as far as it fits into a group. */
  private void writeGroup() throws IOException {
    long now = disk.nanoTime();
    if (now - checkedNanos >= flushNanos()) {
      checkedNanos = now;
      segments.check();
    }
    Entry first = queue.first();
    if (first == null && !wantsMark(now)) {
      return;
    }
    RecordFormat.Mark mark = mark();
    segments.begin(mark);
    long sequence = inFiles;
    long bytes = 0;
    Entry last = null;
    for (Entry entry = first; entry != null; entry = entry.next) {
      if (!segments.add(entry.kind, sequence + 1, entry.key, entry.payload, isTwice(entry))) {
        break;
      }
      sequence++;
      bytes += entry.size();
      last = entry;
    }
    segments.write(sequence, inFiles == onDisk && queue.isFlushWanted(onDisk));
    lastMarkFlushed = mark.flushed();
    if (last != null) {
      written(first, last, sequence, bytes);
    } else {
      flusher.execute(this::flushMark);
    }
  }

  /** Returns whether a mark is written alone: to say what is flushed, or to start a segment. */
  private boolean wantsMark(long now) {
    boolean quiet = inFiles == queue.flushed() && now - dirtySinceNanos >= 2 * flushNanos();
    return (quiet && inFiles > lastMarkFlushed) || (rewriteFrom > 0 && !segments.isOpen());
  }

  /** Records that a group was written. */
  private void written(@Nullable Entry first, Entry last, long sequence, long bytes) {
    Entry entry = first;
    for (long i = inFiles; i < sequence && entry != null; i++, entry = entry.next) {
      keys.apply(entry.kind, entry.key, segments.newestNumber(), entry.size());
    }
    queue.remove(last, bytes);
    if (inFiles == onDisk) {
      dirtySinceNanos = disk.nanoTime();
    }
    records += sequence - inFiles;
    groups++;
    inFiles = sequence;
    publish();
  }

  /**
   * Returns whether a record is written twice, so that one damaged place cannot bring back what it
   * removes: each END, and a BASE that is much smaller than what it replaces.
   */
  private boolean isTwice(Entry entry) {
    return entry.kind == RecordFormat.END
        || (entry.kind == RecordFormat.BASE && 2L * entry.size() < keys.bytes(entry.key));
  }

  private long flushNanos() {
    return TimeUnit.MILLISECONDS.toNanos(options.flushMillis());
  }

  private void flushIfWanted() throws IOException {
    IOException failed = flushFailure;
    if (failed != null) {
      throw failed;
    }
    if (queue.isFlushWanted(onDisk)) {
      flush();
    } else if (inFiles > onDisk && !flushing && disk.nanoTime() - dirtySinceNanos >= flushNanos()) {
      // Nobody waits for this flush, so nobody should wait while it runs.
      flushing = true;
      dirtySinceNanos = disk.nanoTime(); // Of what is written from now on.
      flusher.execute(this::flushInBackground);
    }
    publish();
  }

  private void flushInBackground() {
    try {
      flush();
    } catch (IOException e) {
      LOG.debug("The thread of the journal will fail", e);
    } finally {
      flushing = false;
      queue.wake();
    }
  }

  private void flushMark() {
    try {
      segments.flush();
    } catch (IOException e) {
      flushFailure = e;
      queue.wake();
    }
  }

  /** Flushes all that is written. */
  private synchronized void flush() throws IOException {
    long target = inFiles;
    if (target == onDisk) {
      return;
    }
    long start = disk.nanoTime();
    try {
      segments.flush();
    } catch (IOException e) {
      flushFailure = e;
      throw e;
    }
    flushNanos += disk.nanoTime() - start;
    flushes++;
    onDisk = target;
  }

  /** Publishes what has become safe, unless files were removed and are not yet written again. */
  private void publish() {
    if (rewriteFrom == 0) {
      long flushed = onDisk;
      queue.publish(inFiles, flushed);
    }
  }

  private void abandon() {
    settledBefore = rewriteFrom > 0 ? settledBefore : segments.isSettled();
    segments.abandon();
    rewriteFrom = segments.newestNumber() + 1;
    deleteAt = -1;
  }

  /** Asks for every key that was not written since files were removed. */
  private void rewriteAll() throws IOException {
    if (keys.oldestNeeded(rewriteFrom) < rewriteFrom) {
      keys.ask(rewriteFrom, disk.nanoTime(), rewrite);
      return;
    }
    flush();
    segments.deleteBefore(rewriteFrom, mark());
    if (settledBefore) {
      segments.settle(mark());
    }
    rewriteFrom = 0;
    solved();
    publish();
  }

  private void settleIfFlushed() throws IOException {
    long sequence = settleAt;
    if (sequence >= 0 && onDisk >= sequence) {
      segments.settle(mark());
      settleAt = -1;
    }
  }

  /** Deletes the oldest segment if no key needs it, or asks for what is still needed of it. */
  private void reclaim() throws IOException {
    long oldest = segments.oldestNumber();
    long newest = segments.newestNumber();
    if (!segments.isOpen() || oldest == newest) {
      return;
    }
    long needed = keys.oldestNeeded(newest);
    if (needed > oldest) {
      if (deleteAt < 0) {
        deleteAt = inFiles;
        deleteBefore = needed;
      }
      if (segments.count() > MANY_SEGMENTS) {
        flush(); // A process that restarts often would never reach the time of a flush.
      }
      if (onDisk >= deleteAt) {
        segments.deleteBefore(deleteBefore, mark());
        deleteAt = -1;
        more = true;
      }
      return;
    }
    long total = segments.totalBytes();
    if (total > 2 * keys.liveBytes() + SPARE_SEGMENTS * options.segmentBytes()
        || segments.count() > 2 * (total / options.segmentBytes() + SPARE_SEGMENTS)) {
      keys.ask(oldest + 1, disk.nanoTime(), rewrite);
    }
  }

  private void problem(IOException e) {
    if (problem == null) {
      problems++;
      LOG.warn("The journal in {} cannot write, and tries again: {}", disk.path(), e.getMessage());
    }
    problem = "The journal in " + disk.path() + " cannot write: " + e.getMessage();
    retrying = true;
  }

  private void solved() {
    if (problem != null) {
      problem = null;
      LOG.info("The journal in {} writes again", disk.path());
    }
  }
}
