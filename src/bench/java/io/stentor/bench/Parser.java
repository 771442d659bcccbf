package io.stentor.bench;

import java.nio.ByteBuffer;

/** Finds messages in what one connection reads. One thread. */
interface Parser {

  /**
   * Takes what it can from position to limit.
   *
   * @return where the bytes begin that must be offered again with more behind them; fewer than a
   *     header and a front of {@link Marker#REACH}
   */
  int parse(ByteBuffer in);
}
