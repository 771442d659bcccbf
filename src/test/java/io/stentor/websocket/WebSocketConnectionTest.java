package io.stentor.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.stentor.message.Attributes;
import io.stentor.message.Position;
import io.stentor.message.Publication;
import io.stentor.message.Publication.Kind;
import io.stentor.message.RoomName;
import io.stentor.room.Cursor.Notice;
import io.stentor.room.Format;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WebSocketConnectionTest {
  private static byte[] encode(Format format, Publication publication, long epoch, long offset) {
    ByteBuf out = Unpooled.buffer();
    format.encode(RoomName.LOBBY, publication, epoch, offset, out);
    assertThat(out.readableBytes())
        .isLessThanOrEqualTo(format.sizeLimit(RoomName.LOBBY, publication));
    return ByteBufUtil.getBytes(out);
  }

  /** The payload of a frame below 126 bytes. */
  private static String payload(byte[] frame) {
    assertThat(frame[0]).isEqualTo((byte) 0x81);
    assertThat((int) frame[1]).isEqualTo(frame.length - 2);
    return new String(frame, 2, frame.length - 2, StandardCharsets.UTF_8);
  }

  private static Publication json(String source) {
    return Publication.stored(
        Kind.JSON, source.getBytes(StandardCharsets.UTF_8), 0, null, null, Attributes.NONE);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 8100",
    "1, 8101",
    "125, 817d",
    "126, 817e007e",
    "127, 817e007f",
    "65535, 817effff",
    "65536, 817f0000000000010000",
  })
  void a_frame_says_its_length_in_as_few_bytes_as_possible(int length, String header) {
    byte[] frame = encode(WebSocketConnection.TEXT, Publication.text("x".repeat(length), 0), 1, 1);
    byte[] begin = HexFormat.of().parseHex(header);
    assertThat(frame).startsWith(begin).hasSize(begin.length + length);
  }

  @ParameterizedTest
  @CsvSource({"118, 817d", "119, 817e007e", "65528, 817effff", "65529, 817f0000000000010000"})
  void a_position_counts_in_the_length(int length, String header) {
    byte[] frame =
        encode(WebSocketConnection.CURSOR, Publication.text("x".repeat(length), 0), 36, 123);
    byte[] begin = HexFormat.of().parseHex(header);
    assertThat(frame).startsWith(begin).hasSize(begin.length + length + "10:123\n".length());
    assertThat(new String(frame, begin.length, 7, StandardCharsets.UTF_8)).isEqualTo("10:123\n");
  }

  @Test
  void the_longest_position_fits() {
    Publication publication = Publication.text("x", 0);
    byte[] frame =
        encode(WebSocketConnection.CURSOR, publication, Position.EPOCH_LIMIT - 1, Long.MAX_VALUE);
    assertThat(payload(frame))
        .isEqualTo(Position.epochText(Position.EPOCH_LIMIT - 1) + ":9223372036854775807\nx");
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      value = {
        "\"hi\"|hi",
        "\"a\\nb\"|`a\nb`",
        "\"\\u00e9\\\"\"|é\"",
        "{\"a\": \"b\"}|{\"a\": \"b\"}",
        "[\"a\"]|[\"a\"]",
        "12|12",
        "null|null",
      })
  void a_json_string_is_its_value_and_other_json_its_source(String source, String text) {
    assertThat(payload(encode(WebSocketConnection.TEXT, json(source), 1, 1))).isEqualTo(text);
    assertThat(payload(encode(WebSocketConnection.CURSOR, json(source), 1, 2)))
        .isEqualTo("1:2\n" + text);
  }

  @Test
  void a_text_is_as_it_is_even_where_it_looks_like_json() {
    assertThat(payload(encode(WebSocketConnection.TEXT, Publication.text("\"hi\"", 0), 1, 1)))
        .isEqualTo("\"hi\"");
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      value = {
        "JOINED|{\"position\":\"10:42\"}",
        "RECOVERED|{\"position\":\"10:42\",\"recovered\":true}",
        "LOST|{\"position\":\"10:42\",\"recovered\":false}",
        "SKIPPED|{\"position\":\"10:42\",\"skipped\":18}",
      })
  void a_control_line_says_where_the_cursor_is(Notice.Kind kind, String line) {
    ByteBuf out = Unpooled.buffer();
    Notice notice = new Notice(new Position(36, 42), kind, 18);
    assertThat(WebSocketConnection.CURSOR.encode(notice, out)).isTrue();
    assertThat(payload(ByteBufUtil.getBytes(out))).isEqualTo(line);
    ByteBuf none = Unpooled.buffer();
    assertThat(WebSocketConnection.TEXT.encode(notice, none)).isFalse();
    assertThat(none.readableBytes()).isZero();
  }

  @Test
  void the_sub_protocol_chooses_the_format() {
    assertThat(WebSocketConnection.format("stentor.cursor")).isSameAs(WebSocketConnection.CURSOR);
    assertThat(WebSocketConnection.format(null)).isSameAs(WebSocketConnection.TEXT);
    assertThat(WebSocketConnection.format("chat")).isSameAs(WebSocketConnection.TEXT);
  }
}
