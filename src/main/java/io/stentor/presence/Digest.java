package io.stentor.presence;

import io.stentor.message.Member;
import org.jspecify.annotations.Nullable;

/**
 * Numbers that stand for members, the same on every node: the sum over a set of members tells, as
 * good as certainly, whether two nodes speak of the same set.
 */
final class Digest {
  private Digest() {}

  /** The number of one member, in which all its parts count. */
  static long of(Member member) {
    long number = mixed(member.connection().hashCode());
    number = mixed(number ^ member.user().hashCode());
    number = mixed(number ^ hash(member.info()));
    return mixed(number ^ hash(member.roomInfo()));
  }

  /**
   * In which of so many parts of a room the connection is. A part is what one announcement can
   * carry where a room has very many members.
   */
  static int part(String connection, int parts) {
    return (int) Long.remainderUnsigned(mixed(connection.hashCode()), parts);
  }

  private static long hash(@Nullable String text) {
    return text == null ? 0 : text.hashCode() + (1L << 32);
  }

  /** The last steps of MurmurHash3, which let every bit of the input change every bit. */
  private static long mixed(long number) {
    long mixed = number + 0x9E3779B97F4A7C15L;
    mixed = (mixed ^ (mixed >>> 33)) * 0xFF51AFD7ED558CCDL;
    mixed = (mixed ^ (mixed >>> 33)) * 0xC4CEB9FE1A85EC53L;
    return mixed ^ (mixed >>> 33);
  }
}
