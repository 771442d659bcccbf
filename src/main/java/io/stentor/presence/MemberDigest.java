package io.stentor.presence;

import io.stentor.message.Member;
import org.jspecify.annotations.Nullable;

/**
 * Hashes of members, the same on every node. The digest of a set is the sum over its members: two
 * nodes with equal digests have, almost certainly, the same members.
 */
final class MemberDigest {
  private MemberDigest() {}

  /** Returns the hash of all fields of a member; 0 for null. */
  static long of(@Nullable Member member) {
    if (member == null) {
      return 0;
    }
    long number = mixed(member.connection().hashCode());
    number = mixed(number ^ member.user().hashCode());
    number = mixed(number ^ hash(member.info()));
    return mixed(number ^ hash(member.roomInfo()));
  }

  /**
   * Returns which part of a room a connection belongs to, from 0 to {@code parts} - 1. One
   * announcement carries one part of a very large room.
   */
  static int part(String connection, int parts) {
    return (int) Long.remainderUnsigned(mixed(connection.hashCode()), parts);
  }

  private static long hash(@Nullable String text) {
    return text == null ? 0 : text.hashCode() + (1L << 32);
  }

  /** The finalizer of MurmurHash3: every bit of the input affects every bit of the result. */
  private static long mixed(long number) {
    long mixed = number + 0x9E3779B97F4A7C15L;
    mixed = (mixed ^ (mixed >>> 33)) * 0xFF51AFD7ED558CCDL;
    mixed = (mixed ^ (mixed >>> 33)) * 0xC4CEB9FE1A85EC53L;
    return mixed ^ (mixed >>> 33);
  }
}
