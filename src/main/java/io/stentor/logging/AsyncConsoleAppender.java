package io.stentor.logging;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.LoggerFactory;

/**
 * Writes log lines on its own thread, so that an event loop never waits for a terminal or a pipe.
 * At most {@value #LINES} lines wait; further ones are dropped, and their number is logged as soon
 * as there is room.
 */
final class AsyncConsoleAppender extends AsyncAppender {

  static final int LINES = 8192;

  private final AtomicLong dropped = new AtomicLong();
  private final LibraryMessages libraries;

  AsyncConsoleAppender(LoggerContext loggers, Appender<ILoggingEvent> writer) {
    libraries =
        new LibraryMessages(loggers, () -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime()));
    setContext(loggers);
    setName("queue");
    setQueueSize(LINES);
    setDiscardingThreshold(0);
    setNeverBlock(true);
    setMaxFlushTime(2000);
    addAppender(writer);
    start();
  }

  @Override
  protected void append(ILoggingEvent logged) {
    ILoggingEvent event = libraries.written(logged);
    if (event == null) {
      return;
    }
    if (getRemainingCapacity() == 0) {
      dropped.incrementAndGet();
      return;
    }
    super.append(event);
    if (dropped.get() > 0 && getRemainingCapacity() > LINES / 2) {
      long lines = dropped.getAndSet(0);
      if (lines > 0) {
        LoggerFactory.getLogger(AsyncConsoleAppender.class)
            .warn("{} log lines were dropped", lines);
      }
    }
  }
}
