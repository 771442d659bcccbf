package io.stentor.room;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.stentor.message.Position;
import io.stentor.message.Publication;
import io.stentor.message.RoomName;
import io.stentor.message.TagFilter;
import io.stentor.room.Counts.Count;
import io.stentor.room.Cursor.Notice;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Consecutive publications encoded in one format for one filter: one buffer and the start index of
 * each publication. A publication that the filter does not match is there, but has no bytes. In a
 * format with deltas, some are encoded as the difference from the one before, and all are there
 * once more without deltas. Reference-counted; a holder of a reference may read it on any thread.
 */
final class Encoded {

  /** About how many bytes a publication has as a delta. */
  private static final int USUAL_DELTA_BYTES = 128;

  private final ByteBuf bytes;

  /** Index of the first byte of each publication. */
  private final int[] starts;

  /** Number of publications without bytes. */
  private final int hidden;

  /** The connection that each publication excludes; null if none excludes any. */
  private final @Nullable String @Nullable [] excludes;

  /** The connections that some publication excludes. */
  private final Set<String> excluded;

  private final long publishedMillis;

  /** The same publications without deltas; null if {@link #bytes} has no deltas. */
  private final @Nullable Encoded complete;

  private Encoded(
      ByteBuf bytes,
      int[] starts,
      int hidden,
      @Nullable String @Nullable [] excludes,
      long publishedMillis,
      @Nullable Encoded complete) {
    this.bytes = bytes;
    this.starts = starts;
    this.hidden = hidden;
    this.excludes = excludes;
    this.publishedMillis = publishedMillis;
    this.complete = complete;
    this.excluded = excludes == null ? Set.of() : withoutNull(excludes);
  }

  private static Set<String> withoutNull(@Nullable String[] ids) {
    Set<String> all = new HashSet<>();
    for (String id : ids) {
      if (id != null) {
        all.add(id);
      }
    }
    return all;
  }

  /**
   * Encodes publications of a room. There must be at least one, and their offsets must be
   * consecutive. The caller owns the only reference.
   *
   * @param filter null for all publications
   * @param before the publication before the first one; null if it is not known, or the format has
   *     no deltas
   */
  static Encoded of(
      Format format,
      @Nullable TagFilter filter,
      RoomName room,
      @Nullable Publication before,
      List<Publication> publications,
      long epoch,
      long firstOffset) {
    Encoded complete = complete(format, filter, room, publications, epoch, firstOffset);
    return format.hasDeltas()
        ? complete.withDeltas(format, room, before, publications, epoch, firstOffset)
        : complete;
  }

  private static Encoded complete(
      Format format,
      @Nullable TagFilter filter,
      RoomName room,
      List<Publication> publications,
      long epoch,
      long firstOffset) {
    int[] starts = new int[publications.size()];
    @Nullable String @Nullable [] excludes = null;
    int limit = 0;
    int hidden = 0;
    for (int i = 0; i < starts.length; i++) {
      Publication publication = publications.get(i);
      if (filter != null && !filter.matches(publication.attributes().tags())) {
        starts[i] = -1;
        hidden++;
        continue;
      }
      limit += format.sizeLimit(room, publication);
      String exclude = publication.attributes().exclude();
      if (exclude != null) {
        excludes = excludes == null ? new @Nullable String[starts.length] : excludes;
        excludes[i] = exclude;
      }
    }
    // Direct memory: a socket write of heap memory would copy it once per connection.
    ByteBuf out =
        limit == 0 ? Unpooled.EMPTY_BUFFER : PooledByteBufAllocator.DEFAULT.directBuffer(limit);
    for (int i = 0; i < starts.length; i++) {
      boolean matches = starts[i] >= 0;
      starts[i] = out.writerIndex();
      if (matches) {
        long offset = epoch == 0 ? 0 : firstOffset + i;
        format.encode(room, publications.get(i), epoch, offset, out);
      }
    }
    return new Encoded(out, starts, hidden, excludes, publications.get(0).timeMillis(), null);
  }

  /** Returns these publications with deltas where they are shorter. */
  private Encoded withDeltas(
      Format format,
      RoomName room,
      @Nullable Publication before,
      List<Publication> publications,
      long epoch,
      long firstOffset) {
    ByteBuf out =
        PooledByteBufAllocator.DEFAULT.directBuffer(
            Math.min(size(), count() * USUAL_DELTA_BYTES + USUAL_DELTA_BYTES));
    int[] deltaStarts = new int[count()];
    boolean some = false;
    Publication previous = before;
    for (int i = 0; i < deltaStarts.length; i++) {
      deltaStarts[i] = out.writerIndex();
      Publication next = publications.get(i);
      long offset = epoch == 0 ? 0 : firstOffset + i;
      boolean visible = starts[i] < end(i);
      if (visible
          && previous != null
          && format.encodeDelta(room, previous, next, epoch, offset, out)) {
        some = true;
      } else {
        out.writeBytes(bytes, starts[i], end(i) - starts[i]);
      }
      previous = visible ? next : null;
    }
    if (some) {
      return new Encoded(out, deltaStarts, hidden, excludes, publishedMillis, this);
    }
    out.release();
    return this;
  }

  /**
   * Encodes a position without publications, for connections that were sent nothing up to it.
   *
   * @return null if the format cannot express it
   */
  static @Nullable Encoded position(Format format, Position position) {
    ByteBuf out = PooledByteBufAllocator.DEFAULT.directBuffer(Connection.NOTICE_BYTES);
    if (format.encode(new Notice(position, Notice.Kind.PASSED, 0), out)) {
      return new Encoded(out, new int[0], 0, null, 0, null);
    }
    out.release();
    return null;
  }

  /** When a server received the first publication, in milliseconds since 1970. */
  long publishedMillis() {
    return publishedMillis;
  }

  /** Returns the encoded publications, concatenated. Does not add a reference. */
  ByteBuf bytes() {
    return bytes;
  }

  /** Returns the number of publications, with those that have no bytes. */
  int count() {
    return starts.length;
  }

  /** Returns the number of publications that have bytes. */
  int messages() {
    return starts.length - hidden;
  }

  /** Returns whether the last publication has no bytes. */
  boolean endsHidden() {
    return hidden > 0 && starts[starts.length - 1] == bytes.writerIndex();
  }

  int size() {
    return bytes.readableBytes();
  }

  /** Returns the number of bytes that are kept: those of both forms, if there are two. */
  int keptBytes() {
    return size() + (complete == null ? 0 : complete.size());
  }

  private int end(int index) {
    return index + 1 < starts.length ? starts[index + 1] : bytes.writerIndex();
  }

  /** Returns whether any publication excludes any connection. */
  boolean hasExclusions() {
    return excludes != null;
  }

  /**
   * Returns whether a connection is sent all of {@link #bytes}.
   *
   * @param hasBefore whether it was sent the publication before these
   */
  boolean isAllFor(String connection, boolean hasBefore) {
    return (hasBefore || complete == null) && (excludes == null || !excluded.contains(connection));
  }

  private boolean isFor(String connection, int index) {
    return starts[index] < end(index) && (excludes == null || !connection.equals(excludes[index]));
  }

  /** Returns the index of the last publication that a connection is sent; -1 if it is sent none. */
  int last(String connection) {
    int last = starts.length - 1;
    while (last >= 0 && !isFor(connection, last)) {
      last--;
    }
    return last;
  }

  /**
   * Writes what a connection is sent of everything from publication {@code index} on, without a
   * flush, and counts it. Adds references.
   *
   * @param hasBefore whether it was sent the publication before that; otherwise it gets no delta
   *     first
   */
  void write(int index, String connection, boolean hasBefore, Output output, Counts counts) {
    int messages = 0;
    long written = 0;
    int from = index;
    boolean deltas = hasBefore;
    while (from < starts.length) {
      // A run of publications without one that excludes the connection.
      Encoded form = deltas || complete == null ? this : complete;
      int to = from;
      while (to < starts.length
          && (form == this || to == from)
          && (excludes == null || !connection.equals(excludes[to]))) {
        messages += starts[to] < end(to) ? 1 : 0;
        to++;
      }
      written += to == from ? 0 : form.write(from, to, output);
      deltas = to > from;
      from = deltas ? to : to + 1;
    }
    counts.add(Count.DELIVERED, messages);
    counts.add(Count.DELIVERED_BYTES, written);
  }

  /** Writes a run of publications. Returns the number of bytes. */
  private int write(int from, int to, Output output) {
    int length = end(to - 1) - starts[from];
    if (length > 0) {
      output.write(
          length == size() ? bytes.retainedDuplicate() : bytes.retainedSlice(starts[from], length));
    }
    return length;
  }

  Encoded retain() {
    bytes.retain();
    if (complete != null) {
      complete.retain();
    }
    return this;
  }

  void release() {
    bytes.release();
    if (complete != null) {
      complete.release();
    }
  }

  /** Concatenates several into one. Takes ownership of their references. */
  static Encoded joined(List<Encoded> parts) {
    for (Encoded part : parts) {
      if (part.complete != null) {
        return joined(parts, joined(parts.stream().map(Encoded::complete).toList(), null));
      }
    }
    return joined(parts, null);
  }

  /** Returns the publications without deltas. The caller owns a reference. */
  private Encoded complete() {
    return complete == null ? retain() : complete.retain();
  }

  private static Encoded joined(List<Encoded> parts, @Nullable Encoded complete) {
    int size = 0;
    int count = 0;
    int hidden = 0;
    boolean exclusions = false;
    for (Encoded part : parts) {
      size += part.size();
      count += part.count();
      hidden += part.hidden;
      exclusions |= part.hasExclusions();
    }
    ByteBuf out = PooledByteBufAllocator.DEFAULT.directBuffer(size);
    int[] starts = new int[count];
    @Nullable String @Nullable [] excludes = exclusions ? new @Nullable String[count] : null;
    long publishedMillis = 0;
    int next = 0;
    for (Encoded part : parts) {
      int base = out.writerIndex();
      if (excludes != null && part.excludes != null) {
        System.arraycopy(part.excludes, 0, excludes, next, part.count());
      }
      for (int start : part.starts) {
        starts[next++] = base + start;
      }
      publishedMillis = publishedMillis == 0 ? part.publishedMillis : publishedMillis;
      out.writeBytes(part.bytes, part.bytes.readerIndex(), part.size());
      part.release();
    }
    return new Encoded(out, starts, hidden, excludes, publishedMillis, complete);
  }
}
