package io.stentor.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/** Bytes in order that the kernel has not taken yet. One thread. */
final class Backlog {
  private ByteBuffer bytes = ByteBuffer.allocate(0);

  /** Adds a copy. Room doubles, so that a long backlog is not copied for each message. */
  void add(ByteBuffer more) {
    int needed = bytes.remaining() + more.remaining();
    if (needed > bytes.capacity()) {
      bytes = ByteBuffer.allocate(2 * needed).put(bytes).put(more).flip();
    } else if (bytes.capacity() - bytes.limit() < more.remaining()) {
      bytes.compact().put(more).flip();
    } else {
      int from = bytes.position();
      int to = bytes.limit();
      bytes.limit(bytes.capacity()).position(to).put(more).flip().position(from);
    }
  }

  void writeTo(WritableByteChannel channel) throws IOException {
    channel.write(bytes);
  }

  int size() {
    return bytes.remaining();
  }
}
