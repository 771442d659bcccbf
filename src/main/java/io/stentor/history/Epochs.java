package io.stentor.history;

import io.stentor.message.Position;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * The epochs that logs begin with on one node. A room without a log has an epoch as well, the one
 * that its log will begin with: so a reader can be told a position in a room that nobody has
 * published to, and no log has to be made for that. Any thread.
 */
final class Epochs {

  /*
   * No two logs of a room may have the same epoch, or a position in one would be taken for one in
   * the other. An epoch is computed from the room, the node, what the caller knows of the log's
   * place, and how many logs with a similar hash were removed here. So it changes when the room's
   * log is removed, here or, by its place, anywhere else. It also changes now and then without
   * need: then a position in a room without a log is not continued.
   */

  private static final int GROUPS = 4096;

  private final long node = ThreadLocalRandom.current().nextLong();
  private final AtomicLongArray removals = new AtomicLongArray(GROUPS);

  /** A random epoch that the room's log has, as good as certainly, never had before. */
  static long random() {
    return ThreadLocalRandom.current().nextLong(1, Position.EPOCH_LIMIT);
  }

  /**
   * The epoch of a room that has no log here.
   *
   * @param place changes whenever the room's log may be, or have been, on another node
   */
  long of(String room, long place) {
    long hash = mixed(node ^ mixed(place));
    for (int i = 0; i < room.length(); i++) {
      hash = mixed(hash + room.charAt(i));
    }
    hash = mixed(hash ^ removals.get(group(room)));
    return 1 + Math.floorMod(hash, Position.EPOCH_LIMIT - 1);
  }

  /** The room's log was removed on this node. */
  void removed(String room) {
    removals.incrementAndGet(group(room));
  }

  private static int group(String room) {
    return (int) (mixed(room.hashCode()) & (GROUPS - 1));
  }

  /** The finalizer of SplitMix64. */
  private static long mixed(long value) {
    long z = value + 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
