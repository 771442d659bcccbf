package io.stentor.bench;

import java.nio.ByteBuffer;

/**
 * Says who sent a message, when, and as its how manieth: 40 bytes at the front of each payload.
 * Only signs and letters that have no lower case stand in it, so it survives a server that
 * upper-cases, and it is searched for, so it survives a server that wraps or appends.
 *
 * <p>Layout: eight bytes that begin a marker, then time (64 bits), publisher and sequence (32 bits
 * each), four bits to a letter from A to P.
 */
final class Marker {
  /** Bytes of a marker, and so of the smallest payload. */
  static final int LENGTH = 40;

  /** How far into a payload a marker is searched for, in bytes. */
  static final int REACH = 256;

  private static final long BEGIN = 0x40403C4D41523E40L; // "@@<MAR>@"
  private static final long LETTER_A = 0x4141414141414141L;

  private Marker() {}

  /** Writes a marker, each eight bytes of it masked by {@code mask}. */
  static void write(ByteBuffer to, int at, long mask, long timeNanos, int publisher, int sequence) {
    to.putLong(at, BEGIN ^ mask);
    to.putLong(at + 8, letters((int) (timeNanos >>> 32)) ^ mask);
    to.putLong(at + 16, letters((int) timeNanos) ^ mask);
    to.putLong(at + 24, letters(publisher) ^ mask);
    to.putLong(at + 32, letters(sequence) ^ mask);
  }

  /** Where the first marker between {@code from} and {@code to} begins, or -1. */
  static int find(ByteBuffer in, int from, int to) {
    int last = Math.min(to, from + REACH) - LENGTH;
    for (int at = from; at <= last; at++) {
      if (in.getLong(at) == BEGIN) {
        return at;
      }
    }
    return -1;
  }

  static long timeNanos(ByteBuffer in, int at) {
    return (number(in.getLong(at + 8)) << 32) | number(in.getLong(at + 16));
  }

  static int publisher(ByteBuffer in, int at) {
    return (int) number(in.getLong(at + 24));
  }

  static int sequence(ByteBuffer in, int at) {
    return (int) number(in.getLong(at + 32));
  }

  /* Eight letters in a word, most significant first: neighbours are joined 4, 8 and 16 bits at a time. */
  private static long letters(int number) {
    long bits = number & 0xFFFFFFFFL;
    bits = (bits | bits << 16) & 0x0000FFFF0000FFFFL;
    bits = (bits | bits << 8) & 0x00FF00FF00FF00FFL;
    bits = (bits | bits << 4) & 0x0F0F0F0F0F0F0F0FL;
    return bits + LETTER_A;
  }

  private static long number(long letters) {
    long bits = letters - LETTER_A;
    bits = (bits | bits >>> 4) & 0x00FF00FF00FF00FFL;
    bits = (bits | bits >>> 8) & 0x0000FFFF0000FFFFL;
    return (bits | bits >>> 16) & 0xFFFFFFFFL;
  }
}
