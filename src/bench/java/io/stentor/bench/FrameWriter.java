package io.stentor.bench;

import java.nio.ByteBuffer;

/**
 * Makes the masked frames of a client (RFC 6455, section 5.3). The publish frame is kept ready with
 * its filler masked; only the marker changes from one to the next. One thread.
 */
final class FrameWriter {
  private static final int TEXT_FINAL = 0x81;
  private static final int FINAL = 0x80;
  private static final int MASKED = 0x80;
  private static final int KEY = 0x5A3C96E1;
  private static final long KEY_TWICE = ((long) KEY << 32) | (KEY & 0xFFFFFFFFL);

  private final ByteBuffer text;
  private final int payload;
  private final ByteBuffer control = ByteBuffer.allocateDirect(160);

  FrameWriter(int payloadBytes) {
    text = ByteBuffer.allocateDirect(payloadBytes + 14);
    text.put((byte) TEXT_FINAL);
    if (payloadBytes < 126) {
      text.put((byte) (MASKED | payloadBytes));
    } else if (payloadBytes < 1 << 16) {
      text.put((byte) (MASKED | 126)).putShort((short) payloadBytes);
    } else {
      text.put((byte) (MASKED | 127)).putLong(payloadBytes);
    }
    text.putInt(KEY);
    payload = text.position();
    for (int i = 0; i < payloadBytes; i++) {
      text.put((byte) ('X' ^ key(i)));
    }
    text.flip();
  }

  /** One message; the buffer is good until the next call. */
  ByteBuffer text(long timeNanos, int publisher, int sequence) {
    text.position(0);
    Marker.write(text, payload, KEY_TWICE, timeNanos, publisher, sequence);
    return text;
  }

  /** A short frame with a copy of a payload of at most 125 bytes; good until the next call. */
  ByteBuffer control(int opcode, ByteBuffer in, int from, int end) {
    control.clear();
    control.put((byte) (FINAL | opcode)).put((byte) (MASKED | (end - from))).putInt(KEY);
    for (int i = from; i < end; i++) {
      control.put((byte) (in.get(i) ^ key(i - from)));
    }
    return control.flip();
  }

  private static int key(int i) {
    return KEY >>> (24 - 8 * (i & 3));
  }
}
