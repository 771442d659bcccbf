package io.stentor.room;

import io.stentor.message.Position;

/** What a publisher is told. Exactly one of the two is called, once, on any event loop. */
public interface Ack {

  /**
   * The publication is in the log and on as many nodes as it is meant to be.
   *
   * @param position its place; {@link Position#NONE} in a room that keeps no log
   */
  void appended(Position position);

  /** The publication was not appended, as far as this node can tell. */
  void refused(Throwable reason);
}
