package io.stentor.history;

import io.stentor.message.Position;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Assigns the epochs of new logs on one node. A room without a log also has an epoch, which its log
 * will start with. A reader can therefore be given a position in a room without any publications,
 * and no log has to be created for that. Any thread.
 */
public final class Epochs {

  /*
   * No two logs of a room may have the same epoch, or a position in one would be valid in the
   * other. An epoch is computed from the room, the node, the caller's information about the
   * location of the log, and the number of logs with a similar hash that were removed here. It
   * therefore changes when the room's log is removed, here or, because of the location, on any
   * other node. Occasionally it also changes without need; then a position in a room without a log
   * cannot be continued.
   */

  private static final int GROUPS = 4096;

  private final long node = ThreadLocalRandom.current().nextLong();
  private final AtomicLongArray removals = new AtomicLongArray(GROUPS);

  /** Returns a random epoch, which the room's log has almost certainly never had before. */
  public static long random() {
    return ThreadLocalRandom.current().nextLong(1, Position.EPOCH_LIMIT);
  }

  /**
   * Returns the epoch of a room that has no log here.
   *
   * @param place a number that changes whenever the room's log may be, or have been, on another
   *     node
   */
  public long of(String room, long place) {
    long hash = mixed(node ^ mixed(place));
    for (int i = 0; i < room.length(); i++) {
      hash = mixed(hash + room.charAt(i));
    }
    hash = mixed(hash ^ removals.get(group(room)));
    return 1 + Math.floorMod(hash, Position.EPOCH_LIMIT - 1);
  }

  /** Records that the room's log was removed on this node. */
  public void removed(String room) {
    removals.incrementAndGet(group(room));
  }

  private static int group(String room) {
    return (int) (mixed(room.hashCode()) & (GROUPS - 1));
  }

  /** Mixes the bits of a value with the finalizer of SplitMix64. */
  private static long mixed(long value) {
    long z = value + 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
