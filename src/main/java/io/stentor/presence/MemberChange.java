package io.stentor.presence;

import io.stentor.message.Member;
import java.util.List;

/**
 * What became of a room's members by one step, and where the room was after it.
 *
 * @param epoch which life of the room; it begins when somebody is there
 * @param version how many changes this life has seen, this one included
 * @param digest sum of the members' {@link Digest}s after the change
 * @param joined who is there now and was not, or was there as another
 * @param left connections that are not there any more
 */
record MemberChange(long epoch, long version, long digest, List<Member> joined, List<String> left) {

  /** Whether nothing became of it: then it only says where the room is. */
  boolean isNone() {
    return joined.isEmpty() && left.isEmpty();
  }
}
