package io.stentor.centrifuge.codec;

import io.stentor.centrifuge.codec.CommandError.Disconnect;

/**
 * Reads the encoding of Protobuf messages. Every length is compared with what is left before it is
 * used. Malformed input fails with a {@link Disconnect}. One thread.
 */
final class ProtobufInput {

  private static final int MAX_VARINT_BITS = 70;
  private static final long MAX_TAG = 0xffff_ffffL;
  private static final int MAX_GROUPS = 32;

  private static final int FIXED_64 = 1;
  private static final int START_GROUP = 3;
  private static final int END_GROUP = 4;
  private static final int FIXED_32 = 5;

  private final byte[] source;
  private final int limit;
  private int at;

  /** Creates a reader of a range. */
  ProtobufInput(byte[] source, int from, int to) {
    this.source = source;
    this.at = from;
    this.limit = to;
  }

  boolean hasMore() {
    return at < limit;
  }

  int position() {
    return at;
  }

  /** Reads an integer of up to 64 bits. */
  long varint() {
    long value = 0;
    for (int shift = 0; shift < MAX_VARINT_BITS; shift += 7) {
      if (at == limit) {
        throw malformed();
      }
      byte next = source[at++];
      value |= (long) (next & 0x7f) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw malformed();
  }

  /** Reads a number of a field and its wire type. */
  int tag() {
    long tag = varint();
    if (tag < 0 || tag > MAX_TAG || tag >>> 3 == 0) {
      throw malformed();
    }
    return (int) tag;
  }

  /** Reads the length of what follows, which is there. */
  int length() {
    long length = varint();
    if (length < 0 || length > limit - at) {
      throw malformed();
    }
    return (int) length;
  }

  /** Skips bytes that are there. */
  void skip(int bytes) {
    at += bytes;
  }

  /** Skips the value after a tag. */
  void skipValue(int tag) {
    skipValue(tag, 0);
  }

  private void skipValue(int tag, int depth) {
    switch (tag & 7) {
      case ProtobufOutput.VARINT -> varint();
      case FIXED_64 -> skipFixed(Long.BYTES);
      case ProtobufOutput.LENGTH -> skip(length());
      case START_GROUP -> skipGroup(tag, depth + 1);
      case FIXED_32 -> skipFixed(Integer.BYTES);
      default -> throw malformed();
    }
  }

  private void skipFixed(int bytes) {
    if (bytes > limit - at) {
      throw malformed();
    }
    skip(bytes);
  }

  private void skipGroup(int start, int depth) {
    if (depth > MAX_GROUPS) {
      throw malformed();
    }
    int tag = tag();
    while ((tag & 7) != END_GROUP) {
      skipValue(tag, depth);
      tag = tag();
    }
    if (tag >>> 3 != start >>> 3) {
      throw malformed();
    }
  }

  private static Disconnect malformed() {
    return Disconnect.badRequest("this is no Protobuf");
  }
}
