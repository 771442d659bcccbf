package io.stentor.centrifuge;

import io.netty.buffer.ByteBuf;

/** Writes answers and pushes of one session, each in a frame. One event loop. */
final class Lines {

  /** What a client may leave untaken. */
  private static final int MAX_QUEUED_BYTES = 1024 * 1024;

  private final Outlet outlet;
  private final PushFormat format;

  Lines(Outlet outlet, PushFormat format) {
    this.outlet = outlet;
    this.format = format;
  }

  /** How this client is written to. */
  PushFormat format() {
    return format;
  }

  /**
   * Writes one object.
   *
   * @param framed by {@link #format()}; takes over one reference
   * @return false when more waits for the client than may
   */
  boolean write(ByteBuf framed, boolean flush) {
    outlet.write(framed);
    if (flush) {
      outlet.flush();
    }
    return outlet.isWritable() || outlet.queuedBytes() <= MAX_QUEUED_BYTES;
  }
}
