package io.stentor.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameEncoder;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.stentor.message.CloseReason;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** How frames become messages. */
class SocketMessagesTest {

  /** Keeps the last message or refusal. */
  private static final class Recorder implements Socket.Listener {
    private @Nullable Object last;

    @Override
    public int maxMessageBytes() {
      return 10;
    }

    @Override
    public int closeTimeoutSeconds() {
      return 10;
    }

    @Override
    public void received(byte[] text) {
      last = text;
    }

    @Override
    public void refused(CloseReason reason) {
      last = reason;
    }

    @Override
    public void heard() {}

    @Override
    public void drained() {}

    @Override
    public void error(String what) {}

    @Override
    public void closing() {}

    @Override
    public void closed(@Nullable CloseReason reason, String why) {}
  }

  private final Recorder recorder = new Recorder();
  private final EmbeddedChannel channel = channel(recorder);

  private static EmbeddedChannel channel(Recorder recorder) {
    ChannelHandler encoder = new WebSocket13FrameEncoder(false);
    EmbeddedChannel channel = new EmbeddedChannel(encoder, new ChannelInboundHandlerAdapter());
    Socket.takeOver(channel.pipeline().context(encoder), 1000, new PermessageDeflate(), recorder);
    return channel;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private @Nullable Object first(boolean last, byte[] data) {
    return add(new TextWebSocketFrame(last, 0, Unpooled.wrappedBuffer(data)));
  }

  private @Nullable Object next(boolean last, byte[] data) {
    return add(new ContinuationWebSocketFrame(last, 0, Unpooled.wrappedBuffer(data)));
  }

  /** Returns a whole message, a reason to close, or null while frames are missing. */
  private @Nullable Object add(WebSocketFrame frame) {
    recorder.last = null;
    channel.writeInbound(frame);
    return recorder.last;
  }

  private static void assertText(@Nullable Object result, String text) {
    assertThat(result).isEqualTo(bytes(text));
  }

  private static void assertRefused(@Nullable Object result, CloseReason reason) {
    assertThat(result).isEqualTo(reason);
  }

  @Test
  void a_final_frame_is_a_text() {
    assertText(first(true, bytes("hi")), "hi");
    assertText(first(true, bytes("")), "");
  }

  @Test
  void frames_are_put_together_until_the_final_one() {
    byte[] text = bytes("aé你b");
    assertThat(first(false, Arrays.copyOfRange(text, 0, 2))).isNull();
    assertThat(next(false, Arrays.copyOfRange(text, 2, 4))).isNull();
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

  @Test
  void frames_are_released() {
    WebSocketFrame whole = new TextWebSocketFrame("hi");
    WebSocketFrame tooLong = new TextWebSocketFrame("01234567890");
    WebSocketFrame fragment = new TextWebSocketFrame(false, 0, "h");
    channel.writeInbound(whole, tooLong, fragment);
    assertThat(List.of(whole.refCnt(), tooLong.refCnt(), fragment.refCnt())).containsOnly(0);
  }
}
