package io.stentor.bench;

/**
 * Which messages one listener has seen: per publisher of its room the highest sequence and which of
 * the 64 up to it; over all publishers a hash of the order, equal at two listeners of a room that
 * saw the same messages in the same order. One thread.
 */
final class Sightings {
  /** What a message is to those before it. */
  enum Kind {
    NEXT,
    LATE,
    REPEATED
  }

  private final int[] highest;
  private final long[] recent;
  private long order;
  private long count;
  private long skipped;

  Sightings(int publishers) {
    highest = new int[publishers];
    recent = new long[publishers];
  }

  /** Notes a message of the publisher with this index within the room. */
  Kind see(int publisher, int sequence) {
    count++;
    order = order * 0x9E3779B97F4A7C15L + (((long) publisher << 32) | sequence) + 1;
    int ahead = sequence - highest[publisher];
    if (ahead > 0) {
      recent[publisher] = ahead < Long.SIZE ? recent[publisher] << ahead | 1 : 1;
      highest[publisher] = sequence;
      skipped = ahead - 1L;
      return Kind.NEXT;
    }
    long bit = 1L << -ahead;
    if (-ahead >= Long.SIZE || (recent[publisher] & bit) != 0) {
      return Kind.REPEATED;
    }
    recent[publisher] |= bit;
    return Kind.LATE;
  }

  /** How many sequences the last {@link Kind#NEXT} left out. */
  long skipped() {
    return skipped;
  }

  long count() {
    return count;
  }

  long order() {
    return order;
  }
}
