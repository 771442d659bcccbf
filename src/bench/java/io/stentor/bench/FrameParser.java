package io.stentor.bench;

import java.nio.ByteBuffer;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Finds the WebSocket frames (RFC 6455, section 5.2) of one connection in a buffer, in place. Of a
 * frame that has not all come only the front is needed, where the marker is; the rest is counted
 * and skipped wherever it arrives, so nothing large is ever copied. One thread.
 */
final class FrameParser implements Parser {
  private static final int CONTINUATION = 0x0;
  private static final int FIRST_CONTROL = 0x8;
  private static final int COMPRESSED = 0x40;

  /* All connections have one thread. */
  private static final Inflater INFLATER = new Inflater(true);
  private static ByteBuffer lastCompressed = ByteBuffer.allocate(0);
  private static ByteBuffer lastFront = ByteBuffer.allocate(0);

  /** What becomes of frames. Buffers are valid during the call only. */
  interface Sink {
    /** A message has come in whole; {@code marked} says whether it had a marker. */
    void message(boolean marked, long timeNanos, int publisher, int sequence, long bytes);

    /** A close, ping or pong whose payload stands from {@code at} to {@code end}. */
    void control(int opcode, ByteBuffer in, int at, int end);
  }

  private final Sink sink;

  /** Makes messages out of deltas; null if none are expected. */
  private final Patches patches;

  private long toSkip;
  private boolean lastOfMessage;
  private boolean marked;
  private long timeNanos;
  private int publisher;
  private int sequence;
  private long bytes;

  FrameParser(Sink sink, Patches patches) {
    this.sink = sink;
    this.patches = patches;
  }

  @Override
  public int parse(ByteBuffer in) {
    int at = in.position();
    int limit = in.limit();
    if (toSkip > 0) {
      at = skip(at, limit);
    }
    while (limit - at >= 2) {
      int second = in.get(at + 1);
      int header = second < 126 ? 2 : second == 126 ? 4 : 10;
      if (second < 0) {
        throw new IllegalStateException("a masked frame came from the server");
      }
      if (limit - at < header) {
        return at;
      }
      long length = second < 126 ? second : header == 4 ? in.getChar(at + 2) : in.getLong(at + 2);
      int payload = at + header;
      if (limit - payload < Math.min(length, Marker.REACH)) {
        return at;
      }
      at = frame(in, at, payload, length);
    }
    return at;
  }

  private int frame(ByteBuffer in, int at, int payload, long length) {
    int first = in.get(at);
    int opcode = first & 0xF;
    int limit = in.limit();
    if (opcode >= FIRST_CONTROL) {
      int end = payload + (int) length;
      sink.control(opcode, in, payload, end);
      return end;
    }
    int end = (int) Math.min(limit, payload + length);
    if (opcode != CONTINUATION && (first & COMPRESSED) != 0) {
      ByteBuffer front = inflated(in, payload, end);
      begin(front, 0, front.limit());
    } else if (opcode != CONTINUATION && patches != null) {
      ByteBuffer front = patches.front(in, payload, end);
      begin(front, 0, front.limit());
    } else if (opcode != CONTINUATION) {
      begin(in, payload, end);
    }
    bytes += length;
    lastOfMessage = first < 0;
    toSkip = payload + length - end;
    if (toSkip == 0) {
      ended();
    }
    return end;
  }

  /*
   * The front of what a part of a compressed message unpacks to. All listeners are sent the same
   * bytes, so nearly always they are those that were unpacked last.
   */
  private static ByteBuffer inflated(ByteBuffer in, int from, int end) {
    ByteBuffer part = in.duplicate().limit(Math.min(end, from + Marker.REACH)).position(from);
    if (!part.equals(lastCompressed)) {
      lastCompressed = ByteBuffer.allocate(part.remaining()).put(part.duplicate()).flip();
      lastFront = ByteBuffer.allocate(Marker.REACH);
      INFLATER.reset();
      INFLATER.setInput(part);
      try {
        INFLATER.inflate(lastFront);
      } catch (DataFormatException e) {
        throw new IllegalStateException("the server compressed wrongly", e);
      }
      lastFront.flip();
    }
    return lastFront;
  }

  private void begin(ByteBuffer in, int from, int end) {
    int at = Marker.find(in, from, end);
    marked = at >= 0;
    bytes = 0;
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
      ended();
    }
    return at + skipped;
  }

  private void ended() {
    if (lastOfMessage) {
      sink.message(marked, timeNanos, publisher, sequence, bytes);
    }
  }
}
