package io.stentor.centrifuge.codec;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The bytes around one object on a transport. Constants; any thread.
 *
 * <p>Used as {@code int mark = begin(out)}, then the object is appended, then {@code end(out,
 * mark)}.
 */
public interface Framing {

  /** One WebSocket text frame for each object (RFC 6455, section 5.2). */
  Framing WEB_SOCKET = new WebSocketFraming(0x1);

  /** One WebSocket binary frame for each object. */
  Framing BINARY_WEB_SOCKET = new WebSocketFraming(0x2);

  /** Nothing around objects, which say themselves how long they are. */
  Framing NONE = new StreamFraming(false, "", "");

  /** A chunk of HTTP/1.1 for each object. */
  Framing CHUNKS = new StreamFraming(true, "", "");

  /** One line for each object. */
  Framing LINES = new StreamFraming(false, "", "\n");

  /** One line for each object, as a chunk of HTTP/1.1. */
  Framing CHUNKED_LINES = new StreamFraming(true, "", "\n");

  /** One server-sent event for each object (WHATWG HTML, section 9.2). */
  Framing EVENTS = new StreamFraming(false, "data: ", "\n\n");

  /** One server-sent event for each object, as a chunk of HTTP/1.1. */
  Framing CHUNKED_EVENTS = new StreamFraming(true, "data: ", "\n\n");

  /** Those of JSON. */
  List<Framing> OF_TEXT = List.of(WEB_SOCKET, LINES, CHUNKED_LINES, EVENTS, CHUNKED_EVENTS);

  /** Those of Protobuf. */
  List<Framing> OF_BYTES = List.of(BINARY_WEB_SOCKET, NONE, CHUNKS);

  /** Maximum number of bytes around an object. */
  int overhead();

  /** Reserves the space before the object; returns a mark for {@link #end}. */
  int begin(ByteBuf out);

  /** Completes the frame that begins at the mark. */
  void end(ByteBuf out, int mark);

  /** Whole, unmasked frames (RFC 6455, section 5.2). */
  final class WebSocketFraming implements Framing {

    /*
     * The length precedes what it counts. Space is left for the middle one of its three forms, which
     * nearly every object needs; for the others the object is moved by a few bytes.
     */

    private static final int FINAL = 0x80;
    private static final int USUAL_HEADER = 4;
    private static final int LONGEST_HEADER = 10;

    private final int first;

    private WebSocketFraming(int opcode) {
      this.first = FINAL | opcode;
    }

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
        out.setByte(mark, first).setByte(mark + 1, 126).setShort(mark + 2, length);
        return;
      }
      byte[] object = ByteBufUtil.getBytes(out, from, length);
      out.writerIndex(mark).writeByte(first);
      if (length < 126) {
        out.writeByte(length);
      } else {
        out.writeByte(127).writeLong(length);
      }
      out.writeBytes(object);
    }
  }

  /** A prefix and a suffix of each object, and around them a chunk of HTTP/1.1 or not. */
  final class StreamFraming implements Framing {

    /*
     * A chunk starts with its size (RFC 9112, section 7.1). Space is left for three digits, which
     * suffice for nearly every object; a longer one is moved by a few bytes.
     */

    private static final int USUAL_DIGITS = 3;
    private static final int MOST_DIGITS = 8;
    private static final int LEAST_OF_MORE_DIGITS = 1 << (4 * USUAL_DIGITS);
    private static final byte[] CRLF = ascii("\r\n");

    private final boolean chunked;
    private final byte[] prefix;
    private final byte[] suffix;

    private StreamFraming(boolean chunked, String prefix, String suffix) {
      this.chunked = chunked;
      this.prefix = ascii(prefix);
      this.suffix = ascii(suffix);
    }

    private static byte[] ascii(String text) {
      return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public int overhead() {
      return prefix.length + suffix.length + (chunked ? MOST_DIGITS + 2 * CRLF.length : 0);
    }

    @Override
    public int begin(ByteBuf out) {
      int mark = out.writerIndex();
      if (chunked) {
        out.writeZero(USUAL_DIGITS).writeBytes(CRLF);
      }
      out.writeBytes(prefix);
      return mark;
    }

    @Override
    public void end(ByteBuf out, int mark) {
      out.writeBytes(suffix);
      if (!chunked) {
        return;
      }
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
