package io.stentor.torture;

/**
 * A position as a client reads it, by a reader of its own rather than the server's.
 *
 * @param epoch compared only for being the same
 * @param offset number within the log; goes on where a log continues in another epoch
 */
record Place(String epoch, long offset) {

  /** Reads {@code epoch:offset}. */
  static Place parse(String text) {
    int colon = text.lastIndexOf(':');
    return new Place(text.substring(0, colon), Long.parseLong(text.substring(colon + 1)));
  }

  /** Whether the other place is the very next one, which may be in another epoch. */
  boolean isFollowedBy(Place next) {
    return next.offset == offset + 1;
  }

  @Override
  public String toString() {
    return epoch + ":" + offset;
  }
}
