package io.stentor.bench;

import java.nio.ByteBuffer;

/**
 * Finds server-sent events in the chunks of HTTP/1.1 (RFC 9112, section 7.1) of one connection, in
 * place; Stentor sends each event as a chunk of its own. As with frames, only the front of a chunk
 * is needed. One thread.
 */
final class ChunkParser implements Parser {
  private static final int MOST_SIZE_DIGITS = 8;

  private final FrameParser.Sink sink;
  private long toSkip;
  private boolean marked;
  private long timeNanos;
  private int publisher;
  private int sequence;
  private int bytes;

  ChunkParser(FrameParser.Sink sink) {
    this.sink = sink;
  }

  @Override
  public int parse(ByteBuffer in) {
    int at = in.position();
    int limit = in.limit();
    if (toSkip > 0) {
      at = skip(at, limit);
    }
    while (at < limit) {
      int payload = afterSizeLine(in, at);
      if (payload < 0 || limit - payload < Math.min(bytes, Marker.REACH)) {
        return at;
      }
      begin(in, payload, Math.min(limit, payload + bytes));
      toSkip = bytes + 2L;
      at = skip(payload, limit);
    }
    return at;
  }

  /* Where the line with the size has its end, or -1 where that has not come. */
  private int afterSizeLine(ByteBuffer in, int from) {
    int size = 0;
    for (int at = from; at < in.limit(); at++) {
      int digit = Character.digit(in.get(at), 16);
      if (digit >= 0) {
        size = size << 4 | digit;
      } else if (at + 1 < in.limit()) {
        bytes = size;
        return at + 2;
      }
      if (at - from > MOST_SIZE_DIGITS) {
        throw new IllegalStateException("no chunk came from the server");
      }
    }
    return -1;
  }

  private void begin(ByteBuffer in, int from, int end) {
    int at = Marker.find(in, from, end);
    marked = at >= 0;
    if (marked) {
      timeNanos = Marker.timeNanos(in, at);
      publisher = Marker.publisher(in, at);
      sequence = Marker.sequence(in, at);
    }
  }

  private int skip(int at, int limit) {
    int skipped = (int) Math.min(toSkip, limit - at);
    toSkip -= skipped;
    if (toSkip == 0) {
      sink.message(marked, timeNanos, publisher, sequence, bytes);
    }
    return at + skipped;
  }
}
