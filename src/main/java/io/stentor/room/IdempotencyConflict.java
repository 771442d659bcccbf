package io.stentor.room;

import io.stentor.message.Position;

/** A publication whose idempotency key the log knows already, with another content. */
public final class IdempotencyConflict extends RuntimeException {
  private static final long serialVersionUID = 1;

  /**
   * A conflict without a stack trace: the publisher is at fault, not the code.
   *
   * @param known where the publication of that key is
   */
  public IdempotencyConflict(Position known) {
    super("the key was used for another message, which is at " + known, null, false, false);
  }
}
