package io.stentor.bench;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Finds the markers of messages that arrive as deltas (Centrifuge protocol in JSON, Fossil's
 * format). Of each message only the front is made, where the marker is, and only once, because all
 * connections in the room are sent the same. One thread, one room.
 */
final class Patches {
  private static final byte[] DATA = ascii("\"data\":\"");
  private static final byte[] DELTA = ascii("\"delta\":true");
  private static final byte[] OFFSET = ascii("\"offset\":");
  private static final String DIGITS =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz~";

  /** The fronts of the messages that arrived as patches, by their offsets. */
  private final Map<Long, ByteBuffer> patched = new HashMap<>();

  /** The front of the newest message. */
  private byte[] newest = new byte[0];

  private long newestNanos = Long.MIN_VALUE;

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** Returns the front of the message in a frame; an empty buffer if there is no message. */
  ByteBuffer front(ByteBuffer in, int from, int end) {
    int data = after(DATA, in, from, end);
    if (data < 0) {
      return ByteBuffer.allocate(0);
    }
    byte[] string = unescaped(in, data, end);
    if (after(DELTA, in, from, end) < 0) {
      return complete(string);
    }
    int digit = after(OFFSET, in, from, end);
    long offset = 0;
    while (digit >= 0 && digit < end && Character.isDigit(in.get(digit))) {
      offset = 10 * offset + in.get(digit++) - '0';
    }
    return patched.computeIfAbsent(offset, key -> complete(applied(newest, string)));
  }

  /* Connections that are behind must not take the base from those that are ahead. */
  private ByteBuffer complete(byte[] message) {
    ByteBuffer front = ByteBuffer.wrap(Arrays.copyOf(message, Marker.REACH));
    int marker = Marker.find(front, 0, front.limit());
    if (marker >= 0 && Marker.timeNanos(front, marker) > newestNanos) {
      newestNanos = Marker.timeNanos(front, marker);
      newest = front.array();
    }
    return front;
  }

  private static byte[] applied(byte[] base, byte[] patch) {
    ByteBuffer in = ByteBuffer.wrap(patch);
    ByteBuffer out = ByteBuffer.allocate(Marker.REACH);
    number(in);
    in.get();
    while (in.hasRemaining() && out.hasRemaining()) {
      int length = Math.min(number(in), out.remaining());
      int command = in.get();
      if (command == '@') {
        int offset = number(in);
        in.get();
        out.put(Arrays.copyOfRange(base, Math.min(offset, base.length), offset + length));
      } else if (command == ':') {
        byte[] bytes = new byte[Math.min(length, in.remaining())];
        in.get(bytes);
        out.put(bytes);
      } else {
        break;
      }
    }
    return out.array();
  }

  private static int number(ByteBuffer in) {
    int number = 0;
    while (in.hasRemaining() && DIGITS.indexOf(in.get(in.position())) >= 0) {
      number = (number << 6) + DIGITS.indexOf(in.get());
    }
    return number;
  }

  /** Returns the index after the first of these bytes; -1 if there is none. */
  private static int after(byte[] bytes, ByteBuffer in, int from, int end) {
    for (int at = from; at <= end - bytes.length; at++) {
      int same = 0;
      while (same < bytes.length && in.get(at + same) == bytes[same]) {
        same++;
      }
      if (same == bytes.length) {
        return at + same;
      }
    }
    return -1;
  }

  /** Returns the bytes of a JSON string up to its end, or up to the end of what is there. */
  private static byte[] unescaped(ByteBuffer in, int from, int end) {
    byte[] bytes = new byte[end - from];
    int length = 0;
    for (int at = from; at < end && in.get(at) != '"'; at++) {
      byte one = in.get(at);
      if (one == '\\' && at + 1 < end) {
        one = in.get(++at) == 'n' ? (byte) '\n' : in.get(at);
      }
      bytes[length++] = one;
    }
    return Arrays.copyOf(bytes, length);
  }
}
