package io.stentor.room;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Reads the text frames of a server (RFC 6455, section 5.2). */
final class Frames {
  private Frames() {}

  /** The payloads of all frames in the bytes, which have to be whole. Moves no index. */
  static List<String> texts(ByteBuf bytes) {
    ByteBuf in = bytes.duplicate();
    List<String> texts = new ArrayList<>();
    while (in.isReadable()) {
      int first = in.readUnsignedByte();
      if (first != 0x81) {
        throw new IllegalArgumentException("not a whole text frame: " + first);
      }
      long length = in.readUnsignedByte();
      if (length == 126) {
        length = in.readUnsignedShort();
      } else if (length == 127) {
        length = in.readLong();
      }
      texts.add(in.readCharSequence((int) length, StandardCharsets.UTF_8).toString());
    }
    return texts;
  }
}
