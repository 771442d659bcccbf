package io.stentor.logging;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.helpers.MessageFormatter;

/**
 * Warnings that one fault may cause in every room at the same time: at most one is logged in
 * {@value #QUIET_SECONDS} seconds, with the number of those that were left out since the one
 * before. Any thread.
 */
public final class LimitedWarnings {
  private static final long QUIET_SECONDS = 10;

  private final Logger log;
  private final LongSupplier nanoTime;
  private final AtomicLong nextNanos;
  private final AtomicLong leftOut = new AtomicLong();

  /** Creates warnings that are logged by this logger. */
  public LimitedWarnings(Logger log) {
    this(log, System::nanoTime);
  }

  LimitedWarnings(Logger log, LongSupplier nanoTime) {
    this.log = log;
    this.nanoTime = nanoTime;
    nextNanos = new AtomicLong(nanoTime.getAsLong());
  }

  /** Logs a warning, or counts it. The format is as in SLF4J. */
  public void warn(String format, Object... arguments) {
    long now = nanoTime.getAsLong();
    long next = nextNanos.get();
    if (now - next < 0
        || !nextNanos.compareAndSet(next, now + TimeUnit.SECONDS.toNanos(QUIET_SECONDS))) {
      leftOut.incrementAndGet();
      return;
    }
    long others = leftOut.getAndSet(0);
    if (others == 0) {
      log.warn(format, arguments);
    } else {
      String text = MessageFormatter.basicArrayFormat(format, arguments);
      log.warn("{} (and {} more warnings of this kind)", text, others);
    }
  }
}
