package io.stentor.centrifuge;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;

/** Whole, unmasked text frames (RFC 6455, section 5.2). */
final class WebSocketFraming implements Framing {

  /*
   * The length stands in front of what it counts. Space for the middle one of its three forms is
   * left, which nearly every object needs; the others are moved by a few bytes.
   */

  private static final int FINAL_TEXT = 0x81;
  private static final int USUAL_HEADER = 4;
  private static final int LONGEST_HEADER = 10;

  @Override
  public int overhead() {
    return LONGEST_HEADER;
  }

  @Override
  public int begin(ByteBuf out) {
    int mark = out.writerIndex();
    out.writeZero(USUAL_HEADER);
    return mark;
  }

  @Override
  public void end(ByteBuf out, int mark) {
    int from = mark + USUAL_HEADER;
    int length = out.writerIndex() - from;
    if (length >= 126 && length < 65_536) {
      out.setByte(mark, FINAL_TEXT).setByte(mark + 1, 126).setShort(mark + 2, length);
      return;
    }
    byte[] object = ByteBufUtil.getBytes(out, from, length);
    out.writerIndex(mark).writeByte(FINAL_TEXT);
    if (length < 126) {
      out.writeByte(length);
    } else {
      out.writeByte(127).writeLong(length);
    }
    out.writeBytes(object);
  }
}
