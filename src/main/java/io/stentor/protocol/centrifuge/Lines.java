package io.stentor.protocol.centrifuge;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;

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

  /** How publications look to this client. */
  PushFormat format() {
    return format;
  }

  /**
   * Writes one object.
   *
   * @return false when more waits for the client than may
   */
  boolean write(JsonLine line, boolean flush) {
    outlet.write(framed(line));
    if (flush) {
      outlet.flush();
    }
    return outlet.isWritable() || outlet.queuedBytes() <= MAX_QUEUED_BYTES;
  }

  /** One object as it goes to the outlet. */
  ByteBuf framed(JsonLine line) {
    ByteBuf object = line.bytes();
    Framing framing = format.framing();
    ByteBuf out =
        PooledByteBufAllocator.DEFAULT.directBuffer(object.readableBytes() + framing.overhead());
    int mark = framing.begin(out);
    out.writeBytes(object);
    framing.end(out, mark);
    return out;
  }
}
