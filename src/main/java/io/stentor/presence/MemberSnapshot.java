package io.stentor.presence;

import io.stentor.message.Member;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a room is at one moment.
 *
 * @param epoch of the room; 0 where nobody is there
 * @param version of the room
 * @param digest sum of the members' {@link Digest}s
 * @param members all of them; null where whoever asked knew this digest
 */
record MemberSnapshot(long epoch, long version, long digest, @Nullable List<Member> members) {

  /** Nobody is there. */
  static final MemberSnapshot EMPTY = new MemberSnapshot(0, 0, 0, List.of());
}
