package io.stentor.room;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.stentor.message.Publication;
import io.stentor.message.RoomName;
import java.util.List;

/**
 * Consecutive publications encoded in one format: one buffer and the start index of each
 * publication. Reference-counted; a holder of a reference may read it on any thread.
 */
final class Encoded {

  private final ByteBuf bytes;

  /** Index of the first byte of each publication. */
  private final int[] starts;

  private final long publishedMillis;

  private Encoded(ByteBuf bytes, int[] starts, long publishedMillis) {
    this.bytes = bytes;
    this.starts = starts;
    this.publishedMillis = publishedMillis;
  }

  /**
   * Encodes publications of a room. There must be at least one, and their offsets must be
   * consecutive. The caller owns the only reference.
   */
  static Encoded of(
      Format format, RoomName room, List<Publication> publications, long epoch, long firstOffset) {
    int limit = 0;
    for (Publication publication : publications) {
      limit += format.sizeLimit(room, publication);
    }
    // Direct memory: a socket write of heap memory would copy it once per connection.
    ByteBuf out = PooledByteBufAllocator.DEFAULT.directBuffer(limit);
    int[] starts = new int[publications.size()];
    for (int i = 0; i < starts.length; i++) {
      starts[i] = out.writerIndex();
      long offset = epoch == 0 ? 0 : firstOffset + i;
      format.encode(room, publications.get(i), epoch, offset, out);
    }
    return new Encoded(out, starts, publications.get(0).timeMillis());
  }

  /** When a server received the first publication, in milliseconds since 1970. */
  long publishedMillis() {
    return publishedMillis;
  }

  /** Returns the encoded publications, concatenated. Does not add a reference. */
  ByteBuf bytes() {
    return bytes;
  }

  int count() {
    return starts.length;
  }

  int size() {
    return bytes.readableBytes();
  }

  /** Returns the size of everything from publication {@code index} on, in bytes. */
  int sizeFrom(int index) {
    return bytes.writerIndex() - starts[index];
  }

  /** Returns a new reference to everything from publication {@code index} on. */
  ByteBuf from(int index) {
    int start = starts[index];
    return start == 0
        ? bytes.retainedDuplicate()
        : bytes.retainedSlice(start, bytes.writerIndex() - start);
  }

  Encoded retain() {
    bytes.retain();
    return this;
  }

  void release() {
    bytes.release();
  }

  /** Concatenates several into one. Takes ownership of their references. */
  static Encoded joined(List<Encoded> parts) {
    int size = 0;
    int count = 0;
    for (Encoded part : parts) {
      size += part.size();
      count += part.count();
    }
    ByteBuf out = PooledByteBufAllocator.DEFAULT.directBuffer(size);
    int[] starts = new int[count];
    int next = 0;
    for (Encoded part : parts) {
      int base = out.writerIndex();
      for (int start : part.starts) {
        starts[next++] = base + start;
      }
      out.writeBytes(part.bytes, part.bytes.readerIndex(), part.size());
      part.release();
    }
    return new Encoded(out, starts, parts.get(0).publishedMillis);
  }
}
