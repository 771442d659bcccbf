package io.stentor.bench;

/**
 * What was sent and what came back. A message counts when it was sent within the measured time;
 * latency, loss, duplicates, gaps and order are about those. Throughput is about what came within
 * the measured time. One thread.
 */
final class Tally {
  final Histogram latency = new Histogram();
  long startNanos = Long.MAX_VALUE;
  long endNanos = Long.MAX_VALUE;
  long sent;
  long expected;
  long delivered;
  long duplicates;
  long gaps;
  long disordered;
  long deliveriesInTime;
  long bytesInTime;
  long pings;
  long stalls;
  long unsent;
  long lateNanos;
  long closedByServer;
  long failed;
  long slowReceived;
  long slowClosed;

  boolean counts(long sentNanos) {
    return sentNanos >= startNanos && sentNanos < endNanos;
  }

  void sent(long nowNanos, int listeners) {
    if (counts(nowNanos)) {
      sent++;
      expected += listeners;
    }
  }

  /** One message at one listener. */
  void received(Sightings.Kind kind, long skipped, long sentNanos, long nowNanos, long bytes) {
    if (nowNanos >= startNanos && nowNanos < endNanos) {
      deliveriesInTime++;
      bytesInTime += bytes;
    }
    if (!counts(sentNanos)) {
      return;
    }
    switch (kind) {
      case REPEATED:
        duplicates++;
        return;
      case LATE:
        disordered++;
        gaps--;
        break;
      case NEXT:
        gaps += skipped;
        break;
    }
    delivered++;
    latency.add(nowNanos - sentNanos);
  }

  long lost() {
    return Math.max(0, expected - delivered);
  }
}
