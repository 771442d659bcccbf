package io.stentor.websocket;

import static io.stentor.support.NodeWithBystander.ROOM;
import static io.stentor.support.RawWebSocket.CLOSE;
import static io.stentor.support.RawWebSocket.CONTINUATION;
import static io.stentor.support.RawWebSocket.FIN;
import static io.stentor.support.RawWebSocket.PING;
import static io.stentor.support.RawWebSocket.PONG;
import static io.stentor.support.RawWebSocket.TEXT;
import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.support.Client;
import io.stentor.support.NodeWithBystander;
import io.stentor.support.RawWebSocket;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each bad frame gets the right close code, and every other connection goes on. */
class BadFramesIT {
  private static final int LIMIT = 65_536;
  private static final long GIGABYTE = 1L << 30;

  @RegisterExtension static final NodeWithBystander node = new NodeWithBystander();

  @Test
  void a_binary_message_closes_with_1003() {
    try (Client client = Client.connect(node.port(), ROOM)) {
      client.sendBinary(new byte[] {1, 2, 3}).expectClosed(1003);
    }
  }

  @ParameterizedTest
  @MethodSource("badUtf8")
  void invalid_utf8_closes_with_1007(byte[] bytes) {
    try (RawWebSocket ws = RawWebSocket.connect(node.port(), ROOM)) {
      ws.sendFrame(FIN | TEXT, bytes).expectClosed(1007);
    }
  }

  static Stream<byte[]> badUtf8() {
    return Stream.of(
        bytes(0xff), // never a byte of UTF-8
        bytes('a', 0xc3), // cut short
        bytes(0xc0, 0xaf), // overlong
        bytes(0xed, 0xa0, 0x80), // a surrogate
        bytes(0xf4, 0x90, 0x80, 0x80)); // above U+10FFFF
  }

  @Test
  void invalid_utf8_split_over_fragments_closes_with_1007() {
    try (RawWebSocket ws = RawWebSocket.connect(node.port(), ROOM)) {
      ws.sendFrame(TEXT, bytes('a', 0xe4, 0xbd));
      ws.sendFrame(FIN | CONTINUATION, bytes('b')).expectClosed(1007);
    }
  }

  @Test
  void a_character_split_over_fragments_is_whole_again() {
    try (RawWebSocket ws = RawWebSocket.connect(node.port(), ROOM)) {
      ws.sendFrame(TEXT, bytes(0xe4, 0xbd));
      ws.sendFrame(FIN | PING, bytes('p'));
      ws.sendFrame(FIN | CONTINUATION, bytes(0xa0));
      assertThat(Stream.of(ws.nextFrame(), ws.nextFrame()))
          .extracting(RawWebSocket.Frame::opcode)
          .containsExactlyInAnyOrder(PONG, TEXT);
      node.bystander().expect("你");
    }
  }

  @Test
  void a_header_that_announces_a_gigabyte_closes_with_1009_at_once() {
    try (RawWebSocket ws = RawWebSocket.connect(node.port(), ROOM)) {
      ws.sendHeader(FIN | TEXT, GIGABYTE).expectClosed(1009);
    }
  }

  @Test
  void fragments_that_add_up_beyond_the_limit_close_with_1009_before_the_last() {
    try (RawWebSocket ws = RawWebSocket.connect(node.port(), ROOM)) {
      ws.sendFrame(TEXT, text(LIMIT / 2));
      ws.sendFrame(CONTINUATION, text(LIMIT / 2));
      ws.sendFrame(CONTINUATION, text(1)).expectClosed(1009);
    }
  }

  @Test
  void a_message_one_byte_over_the_limit_closes_with_1009() {
    try (RawWebSocket ws = RawWebSocket.connect(node.port(), ROOM)) {
      ws.sendFrame(FIN | TEXT, text(LIMIT + 1)).expectClosed(1009);
    }
  }

  @Test
  void a_message_of_exactly_the_limit_passes() {
    try (RawWebSocket ws = RawWebSocket.connect(node.port(), ROOM)) {
      ws.sendFrame(FIN | TEXT, text(LIMIT));
      assertThat(ws.nextFrame().payload()).hasSize(LIMIT);
      assertThat(node.bystander().next()).hasSize(LIMIT);
    }
  }

  @Test
  void frames_against_the_protocol_close_with_1002() {
    try (RawWebSocket unmasked = RawWebSocket.connect(node.port(), ROOM);
        RawWebSocket reserved = RawWebSocket.connect(node.port(), ROOM);
        RawWebSocket opcode = RawWebSocket.connect(node.port(), ROOM);
        RawWebSocket orphan = RawWebSocket.connect(node.port(), ROOM);
        RawWebSocket ping = RawWebSocket.connect(node.port(), ROOM)) {
      unmasked.sendUnmasked(FIN | TEXT, text(1)).expectClosed(1002);
      reserved.sendFrame(FIN | 0x40 | TEXT, text(1)).expectClosed(1002);
      opcode.sendFrame(FIN | 3, text(1)).expectClosed(1002);
      orphan.sendFrame(FIN | CONTINUATION, text(1)).expectClosed(1002);
      ping.sendFrame(FIN | PING, text(126)).expectClosed(1002);
    }
  }

  @Test
  void a_bad_code_in_a_close_frame_ends_that_connection_only() {
    try (RawWebSocket ws = RawWebSocket.connect(node.port(), ROOM)) {
      ws.sendFrame(FIN | CLOSE, bytes(0x03, 0xee)).expectClosed(1002);
    }
  }

  @Test
  void a_connection_cut_in_the_middle_of_a_frame_ends_that_connection_only() {
    int before = node.log().all().size();
    try (RawWebSocket ws = RawWebSocket.connect(node.port(), ROOM)) {
      ws.sendHeader(FIN | TEXT, 100).send("half of it");
    }
    node.log().await("clos", before, Duration.ofSeconds(10));
  }

  private static byte[] text(int length) {
    byte[] text = new byte[length];
    Arrays.fill(text, (byte) 'x');
    return text;
  }

  private static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }
}
