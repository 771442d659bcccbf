package io.stentor.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.stentor.message.CloseReason;
import io.stentor.message.Publication;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TextAssemblerTest {
  private final TextAssembler texts = new TextAssembler(null);

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private TextAssembler.Result first(boolean last, byte[] data) {
    return add(new TextWebSocketFrame(last, 0, Unpooled.wrappedBuffer(data)));
  }

  private TextAssembler.Result next(boolean last, byte[] data) {
    return add(new ContinuationWebSocketFrame(last, 0, Unpooled.wrappedBuffer(data)));
  }

  private TextAssembler.Result add(WebSocketFrame frame) {
    TextAssembler.Result result = texts.add(frame, 10);
    frame.release();
    return result;
  }

  private static void assertText(TextAssembler.Result result, String text) {
    assertThat(result).isInstanceOf(TextAssembler.Text.class);
    Publication publication = ((TextAssembler.Text) result).publication();
    assertThat(publication.text()).isEqualTo(text);
    assertThat(publication.kind()).isEqualTo(Publication.Kind.TEXT);
    assertThat(publication.timeMillis()).isPositive();
  }

  private static void assertRefused(TextAssembler.Result result, CloseReason reason) {
    assertThat(result).isEqualTo(new TextAssembler.Refused(reason));
  }

  @Test
  void a_final_frame_is_a_text() {
    assertText(first(true, bytes("hi")), "hi");
    assertText(first(true, bytes("")), "");
  }

  @Test
  void frames_are_put_together_until_the_final_one() {
    byte[] text = bytes("aé你b");
    assertThat(first(false, Arrays.copyOfRange(text, 0, 2)))
        .isInstanceOf(TextAssembler.Incomplete.class);
    assertThat(next(false, Arrays.copyOfRange(text, 2, 4)))
        .isInstanceOf(TextAssembler.Incomplete.class);
    assertText(next(true, Arrays.copyOfRange(text, 4, text.length)), "aé你b");
    assertText(first(true, bytes("next")), "next");
  }

  @Test
  void a_text_of_the_limit_is_taken_and_one_byte_more_is_not() {
    assertText(first(true, bytes("0123456789")), "0123456789");
    assertRefused(first(true, bytes("01234567890")), CloseReason.tooBig(10));
    first(false, bytes("01234"));
    assertText(next(true, bytes("56789")), "0123456789");
    first(false, bytes("01234"));
    next(false, bytes("56789"));
    assertRefused(next(true, bytes("0")), CloseReason.tooBig(10));
  }

  @Test
  void the_limit_counts_bytes_and_not_characters() {
    assertRefused(first(true, bytes("你好你好")), CloseReason.tooBig(10));
  }

  @Test
  void binary_messages_are_refused() {
    assertRefused(
        add(new BinaryWebSocketFrame(Unpooled.wrappedBuffer(bytes("hi")))),
        CloseReason.BINARY_NOT_ALLOWED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ff", "c3", "c3 28", "ed a0 80", "f4 90 80 80", "c0 80", "e2 82"})
  void what_is_not_utf8_is_refused(String hex) {
    byte[] bad = java.util.HexFormat.ofDelimiter(" ").parseHex(hex);
    assertRefused(first(true, bad), CloseReason.NOT_UTF8);
  }
}
