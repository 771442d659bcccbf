package io.stentor.support;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * A WebSocket on a plain socket that sends any bytes: frames cut short, unmasked, with reserved
 * bits or bad UTF-8. Pings are answered nowhere. Numbers are those of RFC 6455. One thread at a
 * time.
 */
public final class RawWebSocket extends RawHttp {
  /** Opcodes, RFC 6455 section 5.2. */
  public static final int CONTINUATION = 0;

  public static final int TEXT = 1;
  public static final int BINARY = 2;
  public static final int CLOSE = 8;
  public static final int PING = 9;
  public static final int PONG = 10;

  /** First byte of a frame that is the last of its message. */
  public static final int FIN = 0x80;

  /** The first reserved bit in that byte: the message is compressed. */
  public static final int RSV1 = 0x40;

  private static final int MASKED = 0x80;
  private static final byte[] MASK = {0x37, (byte) 0xfa, 0x21, 0x3d};

  private String extensions = "";

  private RawWebSocket(int port) {
    super(port);
  }

  /** One frame as it came in; whether the first reserved bit is set. */
  public record Frame(boolean fin, boolean compressed, int opcode, byte[] payload) {
    /** The payload as text. */
    public String text() {
      return new String(payload, StandardCharsets.UTF_8);
    }

    /** The code of a close frame, 1005 where it has none. */
    public int closeCode() {
      return payload.length < 2 ? 1005 : ByteBuffer.wrap(payload).getShort() & 0xffff;
    }

    /** The text of a close frame behind its code. */
    public String reason() {
      int length = Math.max(0, payload.length - 2);
      return new String(payload, payload.length - length, length, StandardCharsets.UTF_8);
    }
  }

  /** Connects and upgrades at this path, with these lines in the request. */
  public static RawWebSocket connect(int port, String path, String... more) {
    RawWebSocket ws = new RawWebSocket(port);
    ws.send(String.join("\r\n", upgrade(path, more)) + "\r\n\r\n");
    Answer answer = ws.answer();
    assertThat(answer.status()).as("status of the upgrade").isEqualTo(101);
    ws.extensions = answer.header("Sec-WebSocket-Extensions");
    return ws;
  }

  /** The extensions that the server agreed to; empty for none. */
  public String extensions() {
    return extensions;
  }

  /** The lines of a proper upgrade request, with these lines behind them. */
  public static String[] upgrade(String path, String... more) {
    String lines =
        "GET "
            + path
            + " HTTP/1.1\nHost: localhost\nConnection: Upgrade\nUpgrade: websocket\n"
            + "Sec-WebSocket-Version: 13\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";
    return (lines + (more.length == 0 ? "" : "\n" + String.join("\n", more))).split("\n");
  }

  /** Sends one whole text message. */
  public RawWebSocket sendText(String text) {
    return sendFrame(FIN | TEXT, text.getBytes(StandardCharsets.UTF_8));
  }

  /** Sends one masked frame with this first byte: FIN, reserved bits and opcode. */
  public RawWebSocket sendFrame(int first, byte[] payload) {
    sendHeader(first, payload.length);
    byte[] masked = payload.clone();
    for (int i = 0; i < masked.length; i++) {
      masked[i] ^= MASK[i % 4];
    }
    send(masked);
    return this;
  }

  /** Sends the header of a masked frame that announces this many bytes, and none of them. */
  public RawWebSocket sendHeader(int first, long length) {
    ByteBuffer header = header(first, length, MASKED);
    header.put(MASK);
    send(bytes(header));
    return this;
  }

  /** Sends one frame that is not masked, as only a server may. */
  public RawWebSocket sendUnmasked(int first, byte[] payload) {
    send(bytes(header(first, payload.length, 0)));
    send(payload);
    return this;
  }

  /** Reads the next frame that is no ping. The first ping may come at any time. */
  public Frame nextFrame() {
    Frame frame = nextFrameOrPing();
    while (frame.opcode() == PING) {
      frame = nextFrameOrPing();
    }
    return frame;
  }

  /** Reads the next frame. */
  public Frame nextFrameOrPing() {
    byte[] head = read(2);
    int length = head[1] & 0x7f;
    if (length == 126) {
      length = ByteBuffer.wrap(read(2)).getShort() & 0xffff;
    } else if (length == 127) {
      length = Math.toIntExact(ByteBuffer.wrap(read(8)).getLong());
    }
    boolean compressed = (head[0] & RSV1) != 0;
    return new Frame((head[0] & FIN) != 0, compressed, head[0] & 0x0f, read(length));
  }

  /**
   * Reads on, past texts and pings, to the close frame, and asserts its code. Returns its reason.
   */
  public String expectClosed(int code) {
    Frame frame = nextFrame();
    while (frame.opcode() != CLOSE) {
      frame = nextFrame();
    }
    assertThat(frame.closeCode()).as("close code of: %s", frame.reason()).isEqualTo(code);
    return frame.reason();
  }

  private static ByteBuffer header(int first, long length, int masked) {
    ByteBuffer header = ByteBuffer.allocate(14).put((byte) first);
    if (length < 126) {
      header.put((byte) (masked | length));
    } else if (length <= 0xffff) {
      header.put((byte) (masked | 126)).putShort((short) length);
    } else {
      header.put((byte) (masked | 127)).putLong(length);
    }
    return header;
  }

  private static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.flip().remaining()];
    buffer.get(bytes);
    return bytes;
  }
}
