package io.stentor.room;

import io.stentor.message.Position;

/** Where in the log a connection wants its cursor. */
public sealed interface Start {

  /** At the end: what comes from now on. */
  record Live() implements Start {}

  /** Where it was before: everything after this position, or be told that this is impossible. */
  record Since(Position position) implements Start {}

  /**
   * So many messages before the end, or as many as there are.
   *
   * @param messages at least 0
   */
  record Last(int messages) implements Start {}
}
