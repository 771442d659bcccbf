package io.stentor.journal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The records that wait to be written, and the callers that wait until records are safe. Any thread
 * appends; one thread takes.
 */
final class RecordQueue {
  private static final Logger LOG = LoggerFactory.getLogger(RecordQueue.class);

  /** A record that waits to be written. */
  static final class Entry {
    final byte kind;
    final String key;
    final byte[] payload;

    /** The next record; null if there was none yet. */
    @Nullable Entry next;

    Entry(byte kind, String key, byte[] payload) {
      this.kind = kind;
      this.key = key;
      this.payload = payload;
    }

    /** Returns approximately the number of bytes that will be written. */
    int size() {
      return RecordFormat.OVERHEAD + key.length() + payload.length;
    }
  }

  private record Waiter(long sequence, boolean onDisk, Consumer<@Nullable Throwable> done) {}

  private final long limitBytes;
  private final Consumer<Throwable> overflow;
  private @Nullable Entry head;
  private @Nullable Entry tail;
  private long appended;
  private long bytes;
  private List<Waiter> waiters = new ArrayList<>();
  private long flushWanted;
  private boolean closing;
  private boolean waiting;
  private volatile boolean full;
  private volatile @Nullable Throwable failure;
  private volatile long written;
  private volatile long flushed;

  /**
   * Creates an empty queue.
   *
   * @param sequence that of the last record, which is flushed
   * @param overflow called by a thread of its own when the queue is full and this record would make
   *     it longer than twice the limit
   */
  RecordQueue(long sequence, long limitBytes, Consumer<Throwable> overflow) {
    this.limitBytes = limitBytes;
    this.overflow = overflow;
    appended = sequence;
    written = sequence;
    flushed = sequence;
  }

  /** Adds a record. Returns its sequence. */
  synchronized long append(Entry entry) {
    appended++;
    if (failure != null || closing || overflows(entry)) {
      return appended;
    }
    if (tail == null) {
      head = entry;
    } else {
      tail.next = entry;
    }
    tail = entry;
    bytes += entry.size();
    full = bytes > limitBytes;
    if (waiting) {
      notifyAll();
    }
    return appended;
  }

  /**
   * Fails if the queue is far too long. The thread that takes may be stuck in the disk. A record of
   * any size is taken while the queue is not full.
   */
  private boolean overflows(Entry entry) {
    if (bytes <= limitBytes || bytes + entry.size() <= 2 * limitBytes) {
      return false;
    }
    IOException failed =
        new IOException("more than " + 2 * limitBytes + " bytes wait to be written to the disk");
    failure = failed;
    notifyAll();
    new Thread(() -> overflow.accept(failed), "journal-overflow").start();
    return true;
  }

  /** Calls back when a record is written, or also flushed to the disk. */
  void whenSafe(long sequence, boolean onDisk, Consumer<@Nullable Throwable> done) {
    Throwable failed = null;
    if (!isSafe(sequence, onDisk)) {
      synchronized (this) {
        failed = failure;
        if (failed == null && !isSafe(sequence, onDisk)) {
          waiters.add(new Waiter(sequence, onDisk, done));
          if (onDisk) {
            wantFlush(sequence);
          }
          return;
        }
      }
    }
    done.accept(failed);
  }

  private void wantFlush(long sequence) {
    if (sequence > flushWanted) {
      flushWanted = Math.min(sequence, appended);
      if (waiting) {
        notifyAll();
      }
    }
  }

  boolean isSafe(long sequence, boolean onDisk) {
    return sequence <= (onDisk ? flushed : written);
  }

  long flushed() {
    return flushed;
  }

  /** Makes the thread that takes flush all that was appended. Returns the last sequence. */
  synchronized long wantFlushOfAll() {
    wantFlush(appended);
    return appended;
  }

  /** Returns whether somebody waits for a flush beyond this sequence. */
  synchronized boolean isFlushWanted(long onDisk) {
    return flushWanted > onDisk || closing;
  }

  /** Waits until there is a record to write or to flush, or this time has passed. */
  synchronized void await(long millis, long onDisk, BooleanSupplier otherWork)
      throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    while (head == null && !isFlushWanted(onDisk) && failure == null && !otherWork.getAsBoolean()) {
      long nanos = deadline - System.nanoTime();
      if (nanos <= 0) {
        return;
      }
      waiting = true;
      TimeUnit.NANOSECONDS.timedWait(this, nanos);
      waiting = false;
    }
  }

  /** Waits for a time that only the end of the journal shortens. */
  synchronized void pause(long millis) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    while (!closing && failure == null) {
      long nanos = deadline - System.nanoTime();
      if (nanos <= 0) {
        return;
      }
      TimeUnit.NANOSECONDS.timedWait(this, nanos);
    }
  }

  synchronized void wake() {
    notifyAll();
  }

  /** Returns the first record; null if there is none. */
  synchronized @Nullable Entry first() {
    return head;
  }

  /** Removes the records up to this one, which are written. */
  synchronized void remove(Entry last, long removedBytes) {
    head = last.next;
    if (head == null) {
      tail = null;
    }
    bytes -= removedBytes;
    full = bytes > limitBytes;
  }

  /** Calls back those whose records have become safe, on the calling thread. */
  void publish(long nowWritten, long nowFlushed) {
    if (written == nowWritten && flushed == nowFlushed) {
      return;
    }
    written = nowWritten;
    flushed = nowFlushed;
    List<Waiter> ready = new ArrayList<>();
    synchronized (this) {
      waiters.removeIf(waiter -> isSafe(waiter.sequence, waiter.onDisk) && ready.add(waiter));
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

  /** Takes no more records. */
  synchronized void close() {
    closing = true;
    notifyAll();
  }

  synchronized boolean isClosing() {
    return closing;
  }

  synchronized boolean isEmpty() {
    return head == null;
  }

  /** Drops all records, and fails all callers that wait, now and later. Idempotent. */
  void fail(Throwable e) {
    List<Waiter> told;
    synchronized (this) {
      if (failure == null) {
        failure = e;
      }
      told = waiters;
      waiters = new ArrayList<>();
      head = null;
      tail = null;
      bytes = 0;
      notifyAll();
    }
    told.forEach(waiter -> tell(waiter, e));
  }

  @Nullable Throwable failure() {
    return failure;
  }

  boolean isFull() {
    return full;
  }

  synchronized long bytes() {
    return bytes;
  }
}
