package io.stentor.history;

import io.stentor.message.Position;
import java.util.concurrent.ThreadLocalRandom;

/** Draws epochs. */
final class Epoch {
  private Epoch() {}

  /** A number that the room's log has, as good as certainly, never had before. */
  static long next() {
    return ThreadLocalRandom.current().nextLong(1, Position.EPOCH_LIMIT);
  }
}
