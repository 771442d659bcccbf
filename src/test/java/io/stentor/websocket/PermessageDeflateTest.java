package io.stentor.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.PooledByteBufAllocator;
import io.stentor.room.Format;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is compressed, and what compressed input may contain. */
class PermessageDeflateTest {
  private static final int MAX = 65_536;
  private static final int TEXT_FRAME = 0x81;
  private static final int COMPRESSED_FRAME = 0xc1;

  private final PermessageDeflate deflate = new PermessageDeflate();

  /** The same in each test, whatever the others do. */
  private final Random random = new Random(7);

  private static byte[] hex(String text) {
    return HexFormat.of().parseHex(text);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Compresses as a client does, with blocks of several kinds. */
  private static byte[] deflated(byte[] plain, int level) {
    Deflater deflater = new Deflater(level, true);
    deflater.setInput(plain);
    byte[] out = new byte[plain.length + plain.length / 16 + 64];
    int length = deflater.deflate(out, 0, out.length, Deflater.SYNC_FLUSH);
    deflater.end();
    return Arrays.copyOf(out, length - 4);
  }

  /** Compresses a frame; returns its first byte and its payload. */
  private byte[] compressed(byte[] payload) {
    ByteBuf out = PooledByteBufAllocator.DEFAULT.directBuffer();
    try {
      out.writeBytes(utf8("before"));
      int start = out.writerIndex();
      FrameWriter.writeHeader(TEXT_FRAME, payload.length, out);
      out.writeBytes(payload);
      deflate.compress(out, start);
      assertThat(out.toString(0, 6, StandardCharsets.UTF_8)).isEqualTo("before");
      int length = out.getByte(start + 1);
      int header = length < 126 ? 2 : length == 126 ? 4 : 10;
      int announced =
          length < 126
              ? length
              : length == 126 ? out.getUnsignedShort(start + 2) : out.getInt(start + 6);
      byte[] found = ByteBufUtil.getBytes(out, start + header - 1, announced + 1);
      assertThat(out.writerIndex()).isEqualTo(start + header + announced);
      found[0] = out.getByte(start);
      return found;
    } finally {
      out.release();
    }
  }

  private static byte[] payload(byte[] firstAndPayload) {
    return Arrays.copyOfRange(firstAndPayload, 1, firstAndPayload.length);
  }

  /** Text that compresses to about half. */
  private byte[] json(int bytes) {
    StringBuilder text = new StringBuilder("{");
    while (text.length() < bytes) {
      text.append("\"field").append(text.length()).append("\":").append(random.nextInt(1000));
    }
    return utf8(text.substring(0, bytes));
  }

  @Test
  void a_compressed_frame_has_the_first_reserved_bit_and_decompresses_to_the_message()
      throws Exception {
    for (int bytes : new int[] {128, 200, 300, 1000, 66_000, 200_000, 262_144}) {
      byte[] plain = json(bytes);
      byte[] frame = compressed(plain);
      assertThat(frame[0] & 0xff).as("%d bytes", bytes).isEqualTo(COMPRESSED_FRAME);
      assertThat(frame.length - 1).isLessThan(bytes * 9 / 10);
      assertThat(deflate.decompress(payload(frame), bytes)).isEqualTo(plain);
    }
  }

  @Test
  void a_node_has_one_compressed_form_of_a_format_and_counts_only_its_own_bytes() throws Exception {
    Format form = deflate.compressed(WebSocketConnection.TEXT);
    PermessageDeflate other = new PermessageDeflate();
    assertThat(deflate.compressed(WebSocketConnection.TEXT)).isSameAs(form);
    assertThat(other.compressed(WebSocketConnection.TEXT)).isNotSameAs(form);
    byte[] frame = compressed(json(1000));
    assertThat(other.decompress(payload(frame), 1000)).hasSize(1000);
    assertThat(deflate.sentPlain()).isEqualTo(1000);
    assertThat(deflate.sentCompressed()).isEqualTo(frame.length - 1);
    assertThat(deflate.receivedPlain()).isZero();
    assertThat(deflate.receivedCompressed()).isZero();
    assertThat(other.sentPlain()).isZero();
    assertThat(other.receivedPlain()).isEqualTo(1000);
    assertThat(other.receivedCompressed()).isEqualTo(frame.length - 1);
  }

  @Test
  void the_same_message_is_always_compressed_to_the_same_bytes() {
    byte[] plain = json(500);
    byte[] first = compressed(plain);
    compressed(json(700));
    assertThat(compressed(plain)).isEqualTo(first);
  }

  @Test
  void small_messages_and_very_large_ones_are_sent_as_they_are() {
    for (int bytes : new int[] {0, 1, 125, 126, 127, 262_145}) {
      byte[] plain = utf8("x".repeat(bytes));
      byte[] frame = compressed(plain);
      assertThat(frame[0] & 0xff).as("%d bytes", bytes).isEqualTo(TEXT_FRAME);
      assertThat(payload(frame)).isEqualTo(plain);
    }
  }

  @Test
  void a_message_that_would_not_shrink_by_a_tenth_is_sent_as_it_is() {
    byte[] noise = new byte[1000];
    random.nextBytes(noise);
    byte[] almost = noise.clone();
    Arrays.fill(almost, 0, 80, (byte) 'x');
    for (byte[] plain : new byte[][] {noise, almost}) {
      byte[] frame = compressed(plain);
      assertThat(frame[0] & 0xff).isEqualTo(TEXT_FRAME);
      assertThat(payload(frame)).isEqualTo(plain);
    }
    Arrays.fill(almost, 0, 300, (byte) 'x');
    assertThat(compressed(almost)[0] & 0xff).isEqualTo(COMPRESSED_FRAME);
  }

  /** The examples of RFC 7692, section 7.2.3. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "f248cdc9c90700", // one block
        "000500faff48656c6c6f00", // a block without compression
        "f348cdc9c9070000", // a final block
        "f248050000 00ffff cac9c90700", // two blocks
      })
  void the_examples_of_the_standard_are_decompressed(String message) throws Exception {
    byte[] plain = deflate.decompress(hex(message.replace(" ", "")), MAX);
    assertThat(plain).isEqualTo(utf8("Hello"));
  }

  @Test
  void any_message_comes_back_from_any_level() throws Exception {
    for (int i = 0; i < 300; i++) {
      byte[] plain = json(random.nextInt(3000) + 1);
      if (i % 3 == 0) {
        random.nextBytes(plain);
      }
      byte[] message = deflated(plain, i % 10);
      assertThat(message.length).isLessThan(PermessageDeflate.maxCompressedBytes(plain.length));
      assertThat(deflate.decompress(message, plain.length)).isEqualTo(plain);
      assertThat(deflate.decompress(message, plain.length - 1)).isNull();
    }
    assertThat(deflate.decompress(new byte[1], MAX)).isEmpty();
  }

  @Test
  void a_bomb_is_too_large_and_allocates_no_more_than_the_limit() throws Exception {
    byte[] bomb = deflated(new byte[1 << 20], 9);
    assertThat(bomb.length).isLessThan(1100);
    assertThat(deflate.decompress(bomb, 1 << 20)).hasSize(1 << 20);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    assertThat(deflate.decompress(bomb, MAX)).isNull();
    assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(4 * MAX);
  }

  @Test
  void empty_blocks_end_like_their_input() throws Exception {
    String empty = "000000ffff";
    assertThat(deflate.decompress(hex(empty.repeat(10_000) + "00"), MAX)).isEmpty();
    // Final blocks without content, each of which begins a new stream.
    assertThat(deflate.decompress(hex("0300".repeat(30_000) + "00"), MAX)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "ff", "06", "f248cd", "000500faff4865", "00050000004865", "f248cdc9"})
  void truncated_and_malformed_messages_are_refused(String message) {
    assertThatThrownBy(() -> deflate.decompress(hex(message), MAX))
        .isInstanceOf(DataFormatException.class);
  }

  @Test
  void a_message_that_is_cut_off_is_never_taken_for_a_whole_one() {
    byte[] message = deflated(json(2000), 6);
    for (int length = 0; length < message.length; length++) {
      byte[] cut = Arrays.copyOf(message, length);
      assertThatThrownBy(() -> deflate.decompress(cut, MAX))
          .as("%d bytes", length)
          .isInstanceOf(DataFormatException.class);
    }
  }

  @Test
  void noise_is_refused_or_bounded_and_the_next_message_is_read() throws Exception {
    byte[] good = deflated(utf8("Hello"), 6);
    for (int i = 0; i < Integer.getInteger("stentor.fuzz", 3000); i++) {
      byte[] noise = i % 2 == 0 ? deflated(json(random.nextInt(400) + 1), 6) : new byte[i % 300];
      for (int j = 0; j < 1 + noise.length / 50 && noise.length > 0; j++) {
        noise[random.nextInt(noise.length)] = (byte) random.nextInt();
      }
      try {
        byte[] plain = deflate.decompress(noise, 1000);
        assertThat(plain == null || plain.length <= 1000).isTrue();
      } catch (DataFormatException refused) {
        assertThat(refused).isNotNull();
      }
      assertThat(deflate.decompress(good, 5)).isEqualTo(utf8("Hello"));
    }
  }
}
