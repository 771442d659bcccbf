package io.stentor.transport;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.unix.UnixChannel;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrameDecoder;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Writes ready-made frames to one socket. Belongs to the socket's event loop.
 *
 * <p>Frames are written at the frame encoder's place in Netty's pipeline, so that they pass no
 * encoder and the same bytes can serve every connection. Where the socket is native and nothing
 * else stands between the encoder and it, {@link #sendNow} goes straight to the system call.
 */
final class FrameWriter {

  /*
   * A delivery to a socket that takes everything, which is nearly every delivery, touches this
   * object, the file descriptor and the shared bytes. The way through Netty would touch a dozen
   * objects more of each connection, and with a thousand connections none of them is in a cache.
   * What the socket does not take goes through Netty, which waits for it to be writable; as long as
   * something is on that way, everything goes that way, so that nothing is overtaken.
   */

  private final ChannelHandlerContext encoder;
  private final io.netty.channel.unix.@Nullable Socket descriptor;

  /** Writes that went to Netty and are not done. */
  private int queued;

  private boolean writable;

  FrameWriter(ChannelHandlerContext encoder) {
    this.encoder = encoder;
    this.writable = encoder.channel().isWritable();
    this.descriptor = descriptor(encoder);
  }

  private static io.netty.channel.unix.@Nullable Socket descriptor(ChannelHandlerContext encoder) {
    ChannelPipeline pipeline = encoder.pipeline();
    // Before the encoder, towards the socket, stands nothing but the decoder of what comes in.
    boolean bare =
        pipeline.first() instanceof WebSocketFrameDecoder
            && pipeline.names().indexOf(encoder.name()) == 1;
    return bare
            && encoder.channel() instanceof UnixChannel channel
            && channel.fd() instanceof io.netty.channel.unix.Socket socket
        ? socket
        : null;
  }

  boolean isWritable() {
    return writable;
  }

  /** Bytes that wait for the socket. */
  long queuedBytes() {
    ChannelOutboundBuffer waiting = encoder.channel().unsafe().outboundBuffer();
    return waiting == null ? 0 : waiting.totalPendingWriteBytes();
  }

  /** The channel's own word has changed. */
  void writabilityChanged() {
    writable = encoder.channel().isWritable();
  }

  /** Sends frames at once. The bytes are lent; what the socket does not take is retained. */
  void sendNow(ByteBuf frames) {
    int sent = queued == 0 ? sendDirectly(frames) : 0;
    int left = frames.readableBytes() - sent;
    if (left > 0) {
      write(frames.retainedSlice(frames.readerIndex() + sent, left));
      flush();
    }
  }

  /** Returns how many bytes the socket took; 0 also where it failed, which Netty then finds too. */
  private int sendDirectly(ByteBuf frames) {
    io.netty.channel.unix.Socket to = descriptor;
    if (to == null || !to.isOpen() || !frames.hasMemoryAddress()) {
      return 0;
    }
    try {
      return to.sendAddress(frames.memoryAddress(), frames.readerIndex(), frames.writerIndex());
    } catch (IOException e) {
      return 0;
    }
  }

  /** Writes ready-made frames without flushing. Takes over one reference to the bytes. */
  void write(ByteBuf frames) {
    queued++;
    encoder.write(frames).addListener(done());
  }

  void flush() {
    encoder.flush();
  }

  /** Writes a control frame; it does pass the encoder. */
  void control(WebSocketFrame frame) {
    queued++;
    encoder.pipeline().writeAndFlush(frame).addListener(done());
  }

  private ChannelFutureListener done() {
    return future -> queued--;
  }
}
