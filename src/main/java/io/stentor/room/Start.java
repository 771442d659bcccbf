package io.stentor.room;

import io.stentor.message.Position;

/** The position in the log at which a connection's cursor starts. */
public sealed interface Start {

  /** At the end of the log, to receive only new publications. */
  record Live() implements Start {}

  /**
   * At a previous position, to receive everything after it. The client is notified if that is
   * impossible.
   */
  record Since(Position position) implements Start {}

  /**
   * A number of messages before the end, or at the oldest message if there are fewer.
   *
   * @param messages at least 0
   */
  record Last(int messages) implements Start {}
}
