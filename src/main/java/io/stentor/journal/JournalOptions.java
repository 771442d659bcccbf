package io.stentor.journal;

/**
 * Sizes and times of a journal.
 *
 * @param segmentBytes size from which the next file is started
 * @param queueBytes how much may wait to be written until the journal accepts nothing more; if
 *     twice as much would wait, it fails
 * @param flushMillis longest time until what was written is flushed, if nobody asks for it sooner
 * @param retryMillis time between attempts to write to a disk that cannot be written to
 */
public record JournalOptions(int segmentBytes, long queueBytes, int flushMillis, int retryMillis) {

  /** The options of a node. */
  public static final JournalOptions DEFAULT = new JournalOptions(16 << 20, 64L << 20, 1000, 250);
}
