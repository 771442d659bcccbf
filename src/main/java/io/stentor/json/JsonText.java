package io.stentor.json;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;

/** Texts written as JSON strings (RFC 8259, section 7), without going through {@code String}. */
public final class JsonText {

  /** Bytes of a backslash, u and four digits. */
  private static final int LONGEST_ESCAPE = 6;

  /** The character after the backslash of the escape of each byte; 0 for none. */
  private static final byte[] ESCAPES = escapes();

  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  private JsonText() {}

  /** Returns the number of bytes that {@link #write} writes for this text. */
  public static int size(byte[] utf8) {
    int size = 2 + utf8.length;
    for (byte one : utf8) {
      byte escape = ESCAPES[one & 0xff];
      if (escape != 0) {
        size += escape == 'u' ? LONGEST_ESCAPE - 1 : 1;
      }
    }
    return size;
  }

  /** Appends the text in quotes; escapes only what JSON requires. */
  public static void write(byte[] utf8, ByteBuf out) {
    int plain = 0;
    while (plain < utf8.length && ESCAPES[utf8[plain] & 0xff] == 0) {
      plain++;
    }
    out.writeByte('"');
    out.writeBytes(utf8, 0, plain);
    if (plain < utf8.length) {
      out.writeBytes(escaped(utf8, plain));
    }
    out.writeByte('"');
  }

  /** Returns the rest of a text with escapes: an array, because it is written byte by byte. */
  private static byte[] escaped(byte[] utf8, int from) {
    byte[] all = new byte[size(utf8) - 2 - from];
    int next = 0;
    for (int i = from; i < utf8.length; i++) {
      byte one = utf8[i];
      byte escape = ESCAPES[one & 0xff];
      if (escape == 0) {
        all[next++] = one;
        continue;
      }
      all[next++] = '\\';
      all[next++] = escape;
      if (escape == 'u') {
        all[next++] = '0';
        all[next++] = '0';
        all[next++] = HEX[one >> 4];
        all[next++] = HEX[one & 15];
      }
    }
    return all;
  }

  /** Appends the text in quotes. */
  public static void write(String text, ByteBuf out) {
    write(utf8(text), out);
  }

  /** Returns the number of bytes that {@link #writeBase64} writes for so many bytes. */
  public static int base64Size(int bytes) {
    return 2 + (bytes + 2) / 3 * 4;
  }

  /** Appends any bytes as a string in Base64 with padding (RFC 4648, section 4). */
  public static void writeBase64(byte[] data, ByteBuf out) {
    out.writeByte('"');
    out.writeBytes(Base64.getEncoder().encode(data));
    out.writeByte('"');
  }

  /** Returns the number of bytes that {@link #write(Map, ByteBuf)} writes. */
  public static int size(Map<String, String> strings) {
    int size = 2;
    for (Map.Entry<String, String> one : strings.entrySet()) {
      size += 2 + size(utf8(one.getKey())) + size(utf8(one.getValue()));
    }
    return size;
  }

  /** Appends an object whose members are strings, in the order of the map. */
  public static void write(Map<String, String> strings, ByteBuf out) {
    char before = '{';
    for (Map.Entry<String, String> one : strings.entrySet()) {
      out.writeByte(before);
      write(one.getKey(), out);
      out.writeByte(':');
      write(one.getValue(), out);
      before = ',';
    }
    if (before == '{') {
      out.writeByte('{');
    }
    out.writeByte('}');
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] escapes() {
    byte[] escapes = new byte[256];
    Arrays.fill(escapes, 0, ' ', (byte) 'u');
    String all = "\"\"\\\\\nn\rr\tt\bb\ff";
    for (int i = 0; i < all.length(); i += 2) {
      escapes[all.charAt(i)] = (byte) all.charAt(i + 1);
    }
    return escapes;
  }
}
