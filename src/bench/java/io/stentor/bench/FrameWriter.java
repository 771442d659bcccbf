package io.stentor.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;

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

  /** So long that the marker has the same mask as at the front. */
  private static final String JSON_BEGIN = "{\"id\": \"";

  private static final List<String> NAMES =
      List.of("price", "open", "symbol", "volume", "time", "market", "bid", "ask", "status");

  private final ByteBuffer text;
  private final int payload;
  private final ByteBuffer control = ByteBuffer.allocateDirect(160);

  /**
   * Prepares the frame of a publication.
   *
   * @param json whether the payload is a JSON object with the marker in its first member; otherwise
   *     it is the marker and filler
   */
  FrameWriter(int payloadBytes, boolean json) {
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
    byte[] filler = (json ? json(payloadBytes) : "X".repeat(payloadBytes)).getBytes(US_ASCII);
    payload = text.position() + (json ? JSON_BEGIN.length() : 0);
    for (int i = 0; i < payloadBytes; i++) {
      text.put((byte) (filler[i] ^ key(i)));
    }
    text.flip();
  }

  /* Like a document of an application, with different names, numbers and words; cut to its length. */
  private static String json(int bytes) {
    StringBuilder json = new StringBuilder(JSON_BEGIN + "X".repeat(Marker.LENGTH) + "\"");
    Random random = new Random(1);
    for (int i = 0; json.length() < bytes; i++) {
      String name = ",\"" + NAMES.get(i % NAMES.size()) + (i < NAMES.size() ? "" : i) + "\":";
      String word = '"' + Integer.toString(random.nextInt(1 << 20), 36) + '"';
      json.append(name)
          .append(i % 3 == 2 ? word : Double.toString(random.nextInt(100_000) / 100.0));
    }
    json.setLength(bytes - 1);
    return json.append('}').toString();
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
