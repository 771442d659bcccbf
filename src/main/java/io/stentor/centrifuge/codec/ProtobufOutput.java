package io.stentor.centrifuge.codec;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.charset.StandardCharsets;

/** Fields of Protobuf messages as bytes, and how many they are. Any thread. */
final class ProtobufOutput {

  static final int VARINT = 0;
  static final int LENGTH = 2;

  private static final int LOW_BITS = 0x7f;
  private static final int MORE = 0x80;

  private ProtobufOutput() {}

  /** Returns the tag of a field, for a number below 16 one byte. */
  static int tag(int number, int wireType) {
    return number << 3 | wireType;
  }

  /** Returns the number of bytes of a varint, up to ten. */
  static int varintSize(long value) {
    return (Long.SIZE - Long.numberOfLeadingZeros(value | 1) + 6) / 7;
  }

  static void writeVarint(long value, ByteBuf out) {
    long rest = value;
    while ((rest & ~LOW_BITS) != 0) {
      out.writeByte(((int) rest & LOW_BITS) | MORE);
      rest >>>= 7;
    }
    out.writeByte((int) rest);
  }

  /** Returns the size of a field with so many bytes, and a number below 16. */
  static int sizeOf(int length) {
    return 1 + varintSize(length) + length;
  }

  static void writeHead(int number, int length, ByteBuf out) {
    out.writeByte(tag(number, LENGTH));
    writeVarint(length, out);
  }

  static void writeNumber(int number, long value, ByteBuf out) {
    out.writeByte(tag(number, VARINT));
    writeVarint(value, out);
  }

  /** Returns the size of a string field, with a number below 16. */
  static int textSize(String text) {
    return sizeOf(ByteBufUtil.utf8Bytes(text));
  }

  static void writeText(int number, String text, ByteBuf out) {
    int mark = begin(number, out);
    out.writeCharSequence(text, StandardCharsets.UTF_8);
    end(mark, out);
  }

  /**
   * Starts a field whose length is not known.
   *
   * @return a mark for {@link #end}
   */
  static int begin(int number, ByteBuf out) {
    out.writeByte(tag(number, LENGTH));
    int mark = out.writerIndex();
    out.writeByte(0);
    return mark;
  }

  /** Completes a field. Its content is moved if the length needs more than one byte. */
  static void end(int mark, ByteBuf out) {
    int from = mark + 1;
    int length = out.writerIndex() - from;
    if (length <= LOW_BITS) {
      out.setByte(mark, length);
    } else {
      byte[] content = ByteBufUtil.getBytes(out, from, length);
      out.writerIndex(mark);
      writeVarint(length, out);
      out.writeBytes(content);
    }
  }
}
