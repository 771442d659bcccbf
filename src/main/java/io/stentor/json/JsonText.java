package io.stentor.json;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;

/** Texts written as JSON strings (RFC 8259, section 7), without going through {@code String}. */
public final class JsonText {

  /** Bytes of a backslash, u and four digits. */
  private static final int LONGEST_ESCAPE = 6;

  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  private JsonText() {}

  /** Returns the number of bytes that {@link #write} writes for this text. */
  public static int size(byte[] utf8) {
    int size = 2 + utf8.length;
    for (byte one : utf8) {
      if (escape(one) != 0) {
        size++;
      } else if (one >= 0 && one < ' ') {
        size += LONGEST_ESCAPE - 1;
      }
    }
    return size;
  }

  /** Appends the text in quotes; escapes only what JSON requires. */
  public static void write(byte[] utf8, ByteBuf out) {
    out.writeByte('"');
    int copied = 0;
    for (int i = 0; i < utf8.length; i++) {
      byte one = utf8[i];
      if (one < 0 || (one >= ' ' && one != '"' && one != '\\')) {
        continue;
      }
      out.writeBytes(utf8, copied, i - copied);
      copied = i + 1;
      byte escape = escape(one);
      out.writeByte('\\');
      if (escape != 0) {
        out.writeByte(escape);
      } else {
        ByteBufUtil.writeAscii(out, "u00");
        out.writeByte(HEX[one >> 4]);
        out.writeByte(HEX[one & 15]);
      }
    }
    out.writeBytes(utf8, copied, utf8.length - copied);
    out.writeByte('"');
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

  /** The character after the backslash of the short escape; 0 if there is none. */
  private static byte escape(byte one) {
    return switch (one) {
      case '"', '\\' -> one;
      case '\n' -> 'n';
      case '\r' -> 'r';
      case '\t' -> 't';
      case '\b' -> 'b';
      case '\f' -> 'f';
      default -> 0;
    };
  }
}
