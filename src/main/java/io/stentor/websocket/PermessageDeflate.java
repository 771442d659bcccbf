package io.stentor.websocket;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.concurrent.FastThreadLocal;
import io.stentor.message.Publication;
import io.stentor.message.RoomName;
import io.stentor.room.Cursor.Notice;
import io.stentor.room.Format;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * The WebSocket extension permessage-deflate (RFC 7692) without context takeover: each message is
 * compressed by itself, in both directions. So a compressed frame can be shared by connections, and
 * a connection keeps no state. Each node has one, which counts the bytes. Any thread; each one has
 * its own compressor.
 */
public final class PermessageDeflate {

  /** The bit RSV1 in the first byte of a frame: this message is compressed. */
  private static final int RSV1 = 0x40;

  /** The same bit in Netty's number of the three reserved bits. */
  private static final int RSV1_OF_FRAME = 4;

  /** The header of offers, and of the answer. */
  static final String HEADER = "Sec-WebSocket-Extensions";

  private static final String NAME = "permessage-deflate";
  private static final String NO_CONTEXT_TAKEOVER =
      "server_no_context_takeover; client_no_context_takeover";

  /** Of the window that a JDK's deflater uses; it cannot use a smaller one. */
  private static final String WINDOW_BITS = "15";

  /** A parameter of an offer: its name, and its value, which may be quoted. */
  private static final Pattern PARAMETER =
      Pattern.compile("([a-z_]+)(?:\\s*=\\s*(?:(\\d+)|\"(\\d+)\"))?");

  private static final Pattern BITS = Pattern.compile("[89]|1[0-5]");

  /** These do not decompress what they negotiate: they expect one context for all messages. */
  private static final Pattern BROKEN_SAFARI = Pattern.compile("Version/15\\.[0-3]\\b");

  /** Minimum size of a message that is compressed, in bytes; smaller ones gain little. */
  static final int MIN_BYTES = 128;

  /** Maximum size; compressing a larger one would stop the event loop for more than 3 ms. */
  static final int MAX_BYTES = 256 * 1024;

  /**
   * Higher levels gain some per cent on messages of this size, and take up to five times longer.
   */
  private static final int LEVEL = Deflater.BEST_SPEED;

  /** Length of the empty block at the end of a flush, which is not sent. */
  private static final int FLUSH_BYTES = 4;

  /**
   * The empty block that was not sent, and a final one, which a truncated message does not reach.
   */
  private static final byte[] END = {0, 0, -1, -1, 1, 0, 0, -1, -1};

  private static final int MIN_OUTPUT_BYTES = 256;

  /** Native memory: about 300 KiB for each thread that compresses, until the thread ends. */
  private static final class Codec {
    final Deflater deflater = new Deflater(LEVEL, true);
    final Inflater inflater = new Inflater(true);

    void end() {
      deflater.end();
      inflater.end();
    }
  }

  private static final FastThreadLocal<Codec> CODEC =
      new FastThreadLocal<>() {
        @Override
        protected Codec initialValue() {
          return new Codec();
        }

        @Override
        protected void onRemoval(Codec codec) {
          codec.end();
        }
      };

  private final Map<Format, Format> formats = new ConcurrentHashMap<>();
  private final LongAdder sentPlain = new LongAdder();
  private final LongAdder sentCompressed = new LongAdder();
  private final LongAdder receivedPlain = new LongAdder();
  private final LongAdder receivedCompressed = new LongAdder();

  /**
   * Returns the answer to the first offer of a client that can be accepted (RFC 7692, section 5.1);
   * null if there is none.
   */
  public static @Nullable String accept(HttpServerRequest request) {
    String client = request.getHeader(HttpHeaders.USER_AGENT);
    if (client != null && client.contains(" Safari/") && BROKEN_SAFARI.matcher(client).find()) {
      return null;
    }
    for (String offer : String.join(",", request.headers().getAll(HEADER)).split(",", -1)) {
      String answer = answer(List.of(offer.split(";", -1)));
      if (answer != null) {
        return answer;
      }
    }
    return null;
  }

  private static @Nullable String answer(List<String> offer) {
    if (!offer.get(0).strip().equalsIgnoreCase(NAME)) {
      return null;
    }
    Set<String> names = new HashSet<>();
    String limit = "";
    for (String each : offer.subList(1, offer.size())) {
      Matcher parameter = PARAMETER.matcher(each.strip());
      if (!parameter.matches() || !names.add(parameter.group(1))) {
        return null;
      }
      String name = parameter.group(1);
      String value = parameter.group(2) == null ? parameter.group(3) : parameter.group(2);
      boolean known =
          switch (name) {
            case "server_no_context_takeover", "client_no_context_takeover" -> value == null;
            case "client_max_window_bits" -> value == null || BITS.matcher(value).matches();
            case "server_max_window_bits" -> WINDOW_BITS.equals(value);
            default -> false;
          };
      if (!known) {
        return null;
      }
      // This limit has to be confirmed, if a client sets it.
      limit = name.equals("server_max_window_bits") ? "; " + name + "=" + WINDOW_BITS : limit;
    }
    return NAME + "; " + NO_CONTEXT_TAKEOVER + limit;
  }

  /** Returns whether a frame may have these reserved bits: RSV1 at the start of a message. */
  static boolean mayHave(int reserved, boolean startsMessage) {
    return reserved == 0 || (startsMessage && reserved == RSV1_OF_FRAME);
  }

  /**
   * Returns the maximum number of bytes that a compressed message of this size may have. It is more
   * than the size, because what cannot be compressed grows.
   */
  static int maxCompressedBytes(int bytes) {
    return bytes + bytes / 16 + 64;
  }

  /**
   * Returns the compressed form of a format, always the same one. Each publication is compressed by
   * itself, so that what one publication contains cannot be guessed from the size of another one.
   * Notices are not compressed.
   *
   * @param plain encodes each publication as one whole unmasked frame
   */
  public Format compressed(Format plain) {
    return formats.computeIfAbsent(plain, Compressed::new);
  }

  /**
   * Compresses the last frame of a buffer in place, if it is worth it: if the message has {@value
   * #MIN_BYTES} to {@value #MAX_BYTES} bytes and shrinks by a tenth at least.
   *
   * @param out ends with one whole unmasked frame
   * @param start index of the frame
   */
  void compress(ByteBuf out, int start) {
    int length = out.getByte(start + 1);
    int header = length < 126 ? 2 : length == 126 ? 4 : 10;
    int plain = out.writerIndex() - start - header;
    if (plain < MIN_BYTES || plain > MAX_BYTES) {
      return;
    }
    int limit = plain - plain / 10 + FLUSH_BYTES;
    ByteBuf compressed = PooledByteBufAllocator.DEFAULT.directBuffer(limit);
    Deflater deflater = CODEC.get().deflater;
    try {
      deflater.setInput(out.internalNioBuffer(start + header, plain));
      int written = deflater.deflate(compressed.internalNioBuffer(0, limit), Deflater.SYNC_FLUSH);
      if (written < limit) { // Otherwise there may be more.
        int first = out.getByte(start) | RSV1;
        compressed.writerIndex(written - FLUSH_BYTES);
        out.writerIndex(start);
        FrameWriter.writeHeader(first, compressed.readableBytes(), out);
        out.writeBytes(compressed);
        sentPlain.add(plain);
        sentCompressed.add(written - FLUSH_BYTES);
      }
    } finally {
      deflater.reset();
      compressed.release();
    }
  }

  /**
   * Decompresses a message. Allocates no more than the maximum, whatever the message contains.
   *
   * @return null if it has more bytes than the maximum
   * @throws DataFormatException if it is malformed or truncated
   */
  byte @Nullable [] decompress(byte[] message, int maxBytes) throws DataFormatException {
    byte[] input = Arrays.copyOf(message, message.length + END.length);
    System.arraycopy(END, 0, input, message.length, END.length);
    byte[] output = new byte[Math.min(maxBytes + 1, MIN_OUTPUT_BYTES + 2 * message.length)];
    int length = 0;
    Inflater inflater = CODEC.get().inflater;
    try {
      inflater.setInput(input);
      while (length <= maxBytes) {
        if (length == output.length) {
          output = Arrays.copyOf(output, (int) Math.min(maxBytes + 1L, 2L * length));
        }
        int more = inflater.inflate(output, length, output.length - length);
        length += more;
        int left = inflater.getRemaining();
        if (inflater.finished() && left > 0) { // A final block may be followed by others.
          inflater.reset();
          inflater.setInput(input, input.length - left, left);
        } else if (inflater.finished() && length <= maxBytes) {
          receivedCompressed.add(message.length);
          receivedPlain.add(length);
          return Arrays.copyOf(output, length);
        } else if (more == 0) {
          throw new DataFormatException("truncated");
        }
      }
      return null;
    } finally {
      inflater.reset();
    }
  }

  /** Returns the bytes of the messages that were compressed, once for each format. */
  public long sentPlain() {
    return sentPlain.sum();
  }

  /** Returns the bytes to which {@link #sentPlain} were compressed. */
  public long sentCompressed() {
    return sentCompressed.sum();
  }

  /** Returns the bytes of the messages that clients had compressed. */
  public long receivedPlain() {
    return receivedPlain.sum();
  }

  /** Returns the bytes from which {@link #receivedPlain} were decompressed. */
  public long receivedCompressed() {
    return receivedCompressed.sum();
  }

  /** A format of WebSocket frames with the publications compressed. */
  private final class Compressed implements Format {

    private final Format plain;

    Compressed(Format plain) {
      this.plain = plain;
    }

    @Override
    public Format uncompressed() {
      return plain;
    }

    @Override
    public int sizeLimit(RoomName room, Publication publication) {
      return plain.sizeLimit(room, publication);
    }

    @Override
    public void encode(
        RoomName room, Publication publication, long epoch, long offset, ByteBuf out) {
      int start = out.writerIndex();
      plain.encode(room, publication, epoch, offset, out);
      compress(out, start);
    }

    @Override
    public boolean hasDeltas() {
      return plain.hasDeltas();
    }

    @Override
    public boolean encodeDelta(
        RoomName room,
        Publication before,
        Publication publication,
        long epoch,
        long offset,
        ByteBuf out) {
      int start = out.writerIndex();
      boolean shorter = plain.encodeDelta(room, before, publication, epoch, offset, out);
      if (shorter) {
        compress(out, start);
      }
      return shorter;
    }

    @Override
    public boolean encode(Notice notice, ByteBuf out) {
      return plain.encode(notice, out);
    }
  }
}
