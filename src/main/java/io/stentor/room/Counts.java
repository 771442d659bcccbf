package io.stentor.room;

import java.util.concurrent.atomic.LongAdder;

/** What happened in all rooms of this node since it started. Any thread. */
public final class Counts {

  private final LongAdder published = new LongAdder();
  private final LongAdder delivered = new LongAdder();
  private final LongAdder repaired = new LongAdder();
  private final LongAdder repeated = new LongAdder();
  private final LongAdder lost = new LongAdder();
  private final LongAdder skipped = new LongAdder();
  private final LongAdder slowDisconnected = new LongAdder();
  private final LongAdder refused = new LongAdder();

  void published(long count) {
    published.add(count);
  }

  void delivered(long count) {
    delivered.add(count);
  }

  void repaired(long count) {
    repaired.add(count);
  }

  void repeated(long count) {
    repeated.add(count);
  }

  void lost() {
    lost.increment();
  }

  void skipped(long count) {
    skipped.add(count);
  }

  void slowDisconnected() {
    slowDisconnected.increment();
  }

  void refused(long count) {
    refused.add(count);
  }

  /** Publications that were appended by this node. */
  public long published() {
    return published.sum();
  }

  /** Publications that were written to connections, once for each connection. */
  public long delivered() {
    return delivered.sum();
  }

  /** Publications that the event bus did not bring, or not in time, and that were read instead. */
  public long repaired() {
    return repaired.sum();
  }

  /** Publications that the event bus brought again. */
  public long repeated() {
    return repeated.sum();
  }

  /** Times that a feed could not go on where it was, and told its cursors so. */
  public long lost() {
    return lost.sum();
  }

  /** Publications left out for slow cursors. */
  public long skipped() {
    return skipped.sum();
  }

  /** Connections closed because they read too slowly. */
  public long slowDisconnected() {
    return slowDisconnected.sum();
  }

  /** Publications that were refused or whose append failed. */
  public long refused() {
    return refused.sum();
  }
}
