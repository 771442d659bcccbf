package io.stentor.centrifuge;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.charset.StandardCharsets;

/** Something in front of each object and behind it, and around that a chunk of HTTP/1.1 or not. */
final class StreamFraming implements Framing {

  /*
   * A chunk's size stands in front of it (RFC 9112, section 7.1). Space for three digits is left,
   * which nearly every object needs at most; what is longer is moved by a few bytes.
   */

  private static final int USUAL_DIGITS = 3;
  private static final int MOST_DIGITS = 8;
  private static final int LEAST_OF_MORE_DIGITS = 1 << (4 * USUAL_DIGITS);
  private static final byte[] CRLF = ascii("\r\n");

  private final boolean chunked;
  private final byte[] before;
  private final byte[] behind;

  StreamFraming(boolean chunked, String before, String behind) {
    this.chunked = chunked;
    this.before = ascii(before);
    this.behind = ascii(behind);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  @Override
  public int overhead() {
    return before.length + behind.length + (chunked ? MOST_DIGITS + 2 * CRLF.length : 0);
  }

  @Override
  public int begin(ByteBuf out) {
    int mark = out.writerIndex();
    if (chunked) {
      out.writeZero(USUAL_DIGITS).writeBytes(CRLF);
    }
    out.writeBytes(before);
    return mark;
  }

  @Override
  public void end(ByteBuf out, int mark) {
    out.writeBytes(behind);
    if (chunked) {
      int from = mark + USUAL_DIGITS + CRLF.length;
      int length = out.writerIndex() - from;
      if (length < LEAST_OF_MORE_DIGITS) {
        for (int i = 0; i < USUAL_DIGITS; i++) {
          int digit = length >> (4 * (USUAL_DIGITS - 1 - i)) & 0xf;
          out.setByte(mark + i, Character.forDigit(digit, 16));
        }
      } else {
        byte[] object = ByteBufUtil.getBytes(out, from, length);
        out.writerIndex(mark);
        ByteBufUtil.writeAscii(out, Integer.toHexString(length));
        out.writeBytes(CRLF).writeBytes(object);
      }
      out.writeBytes(CRLF);
    }
  }
}
